//! What staff write as Markdown, as HTML that does nothing: tags that somebody typed are text,
//! pictures are their words, and a link leads to a page or to a mail.

use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

/// A text as a part of a page that has its own first heading.
pub fn html(text: &str) -> String {
    // Links inside each other are none in Markdown; the last one that began ends first.
    let mut links = Vec::new();
    let events = Parser::new_ext(text, Options::ENABLE_TABLES).filter_map(|event| {
        Some(match event {
            Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
            Event::Start(Tag::HtmlBlock) => Event::Start(Tag::Paragraph),
            Event::End(TagEnd::HtmlBlock) => Event::End(TagEnd::Paragraph),
            Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => return None,
            Event::Start(Tag::Link { dest_url, link_type, id, .. }) => {
                let leads = leads(&dest_url);
                links.push(leads);
                let title = CowStr::Borrowed("");
                let link = Tag::Link { dest_url, link_type, id, title };
                return leads.then_some(Event::Start(link));
            }
            Event::End(TagEnd::Link) => {
                return links.pop().unwrap_or(false).then_some(Event::End(TagEnd::Link));
            }
            Event::Start(Tag::Heading { level, .. }) => Event::Start(Tag::Heading {
                level: lower(level),
                id: None,
                classes: vec![],
                attrs: vec![],
            }),
            Event::End(TagEnd::Heading(level)) => Event::End(TagEnd::Heading(lower(level))),
            other => other,
        })
    });
    let mut out = String::with_capacity(text.len() * 5 / 4);
    html::push_html(&mut out, events);
    out
}

/// Whether a link leads where links of ours may lead: nowhere that would run anything.
fn leads(url: &str) -> bool {
    let within = url.starts_with('/') && !url.starts_with("//");
    let url = url.to_ascii_lowercase();
    within || ["https://", "http://", "mailto:", "tel:"].iter().any(|way| url.starts_with(way))
}

fn lower(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 => HeadingLevel::H2,
        HeadingLevel::H2 => HeadingLevel::H3,
        _ => HeadingLevel::H4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_staff_write_is_laid_out_below_the_pages_own_heading() {
        let text = "# Refunds\n\nWithin **7 days**, see [our promise](/legal/terms).\n\n* a\n* b";
        assert_eq!(
            html(text),
            "<h2>Refunds</h2>\n<p>Within <strong>7 days</strong>, see \
             <a href=\"/legal/terms\">our promise</a>.</p>\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"
        );
    }

    #[test]
    fn nothing_that_somebody_types_becomes_a_tag_or_runs() {
        for text in [
            "<script>alert(1)</script>",
            "Hello <img src=x onerror=alert(1)> there",
            "<div onclick=\"x()\">\n<iframe src=//evil.example></iframe>\n</div>",
            "<style>body{display:none}</style>",
            "<!-- --><b>x</b>",
            "![x](https://evil.example/beacon.png)",
            "[x](javascript:alert(1)) [y](JAVASCRIPT:alert(1)) [z](data:text/html,x)",
            "[x](//evil.example) <javascript:alert(1)>",
            "[x][1]\n\n[1]: javascript:alert(1)",
            "# x {onclick=alert(1)}",
        ] {
            let html = html(text);
            for tag in html.split('<').skip(1) {
                let name: String =
                    tag.chars().take_while(|c| c.is_alphanumeric() || *c == '/').collect();
                assert!(["p", "/p", "h2", "/h2"].contains(&&*name), "{text}: {html}");
            }
            assert!(!html.contains("href") && !html.contains("src=\""), "{text}: {html}");
        }
    }
}
