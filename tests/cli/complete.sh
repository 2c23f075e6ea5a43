#!/usr/bin/env bash
# complete.sh ICN SHELL LINE: what pressing the tabulator after LINE offers in a real bash, zsh or fish.
icn=$1 shell=$2 line=$3
case $shell in
  bash)
    exec bash --norc -c '
      source <("$1" completion bash)
      read -ra COMP_WORDS <<<"$2"
      [[ $2 == *" " ]] && COMP_WORDS+=("")
      COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_LINE=$2 COMP_POINT=${#2}
      function_name=$(complete -p icn | sed -nE "s/.* -F ([^ ]+).*/\1/p")
      "$function_name" icn "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
      printf "%s\n" "${COMPREPLY[@]}"' bash "$icn" "$line"
    ;;
  fish) exec fish --no-config -c 'source ($argv[1] completion fish | psub); complete -C $argv[2]' "$icn" "$line" ;;
  zsh) exec python3 "$(dirname "${BASH_SOURCE[0]}")/complete_zsh.py" "$icn" "$line" ;;
esac
