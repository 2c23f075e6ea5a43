//! Counts lines, words and bytes of its input.

use std::io::Read;

fn main() -> std::io::Result<()> {
    let mut text = Vec::new();
    std::io::stdin().read_to_end(&mut text)?;
    let lines = text.iter().filter(|&&byte| byte == b'\n').count();
    let words = text
        .split(|byte| byte.is_ascii_whitespace())
        .filter(|word| !word.is_empty())
        .count();
    println!("{lines} {words} {}", text.len());
    Ok(())
}
