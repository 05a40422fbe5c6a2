//! The page behind a problem's `type`: its few words of Markdown as HTML.
//! Not a Markdown reader: headings, paragraphs, lists, code, bold and links, and nothing else.

use std::fmt::Write;

use axum::extract::{Path, State};
use axum::response::Response;

use super::{Problem, known};
use crate::app::Shop;
use crate::page::{self, Around};
use crate::view::Here;
use crate::view::sorry::Explained;

/// Shows what a kind of problem means, and what to do about it.
pub(crate) async fn problem_page(
    State(shop): State<Shop>,
    around: Around,
    path: Result<Path<String>, axum::extract::rejection::PathRejection>,
) -> Result<Response, Problem> {
    let slug = path.map_or_else(|_| String::new(), |Path(slug)| slug);
    let found = known(&slug).ok_or_else(|| Problem::missing("problem page", &slug))?;
    let frame = around.frame(&shop, found.title, Here::Elsewhere);
    page::show(&Explained { frame, html: html(found.page) })
}

/// A page's Markdown as HTML; everything that is not known Markdown is text.
pub fn html(markdown: &str) -> String {
    let mut out = String::new();
    for block in markdown.split("\n\n").map(str::trim).filter(|block| !block.is_empty()) {
        let hashes = block.chars().take_while(|letter| *letter == '#').count();
        if (1..=3).contains(&hashes) && block[hashes..].starts_with(' ') {
            let text = inline(block[hashes..].trim());
            _ = writeln!(out, "<h{hashes}>{text}</h{hashes}>");
        } else if block.starts_with("* ") || block.starts_with("- ") {
            list(&mut out, block);
        } else {
            _ = writeln!(out, "<p>{}</p>", inline(block));
        }
    }
    out
}

fn list(out: &mut String, block: &str) {
    let mut items: Vec<String> = Vec::new();
    for line in block.lines() {
        match line.strip_prefix("* ").or_else(|| line.strip_prefix("- ")) {
            Some(item) => items.push(item.to_owned()),
            None => {
                if let Some(item) = items.last_mut() {
                    item.push(' ');
                    item.push_str(line.trim());
                }
            }
        }
    }
    out.push_str("<ul>");
    for item in items {
        _ = write!(out, "<li>{}</li>", inline(&item));
    }
    out.push_str("</ul>\n");
}

/// Code, bold and links within a line.
fn inline(text: &str) -> String {
    let mut out = String::new();
    // Every second piece stands between two marks.
    for (index, piece) in text.split('`').enumerate() {
        if index % 2 == 1 {
            _ = write!(out, "<code>{}</code>", escaped(piece));
        } else {
            for (index, piece) in piece.split("**").enumerate() {
                let piece = linked(piece);
                if index % 2 == 1 {
                    _ = write!(out, "<strong>{piece}</strong>");
                } else {
                    out.push_str(&piece);
                }
            }
        }
    }
    out
}

/// Links to our own pages: `[My servers](/my-servers)`.
fn linked(text: &str) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some((before, label, target, after)) = next_link(rest) {
        let (label, target) = (escaped(label), escaped(target));
        _ = write!(out, "{}<a href=\"{target}\">{label}</a>", escaped(before));
        rest = after;
    }
    out.push_str(&escaped(rest));
    out
}

fn next_link(text: &str) -> Option<(&str, &str, &str, &str)> {
    let (before, rest) = text.split_once('[')?;
    let (label, rest) = rest.split_once("](")?;
    let (target, after) = rest.split_once(')')?;
    target.starts_with('/').then_some((before, label, target, after))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_few_constructs_become_html() {
        let text = "# Sold out\n\n## What happened\n\nOne *line*\nand `a < b`, **now**.\n\n\
            * first\n  goes on\n* [shop](/)\n\n\n";
        let expected = "<h1>Sold out</h1>\n<h2>What happened</h2>\n\
            <p>One *line*\nand <code>a &lt; b</code>, <strong>now</strong>.</p>\n\
            <ul><li>first goes on</li><li><a href=\"/\">shop</a></li></ul>\n";
        assert_eq!(html(text), expected);
    }

    #[test]
    fn what_looks_like_html_stays_text() {
        let text = "<script>x</script> [a](javascript:x) ![b] #c";
        let said = html(text);
        assert!(!said.contains("<script") && !said.contains("href"), "{said}");
    }
}
