"""A web server of somebody else, on a free port of 127.0.0.1: answers the pages a case file gives it."""

import http.server
import threading


class Website:
    def __init__(self):
        self.pages = {}  # by path; "> URL" sends the reader there
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                page = site.pages.get(self.path)
                if page is None:
                    return self.send_error(404)
                if page.startswith("> "):
                    self.send_response(302)
                    self.send_header("Location", page[2:])
                    return self.end_headers()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(page.encode())

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
