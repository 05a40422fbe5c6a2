//! A shop's colours as a style sheet of its own, under an address that says which they are. The
//! policy of our pages allows files of ours and no style inside a page.

use engine::brand::{Accent, Colour};
use sha2::{Digest, Sha256};

use super::contrast::{DARK, LIGHT, Theme};

/// Where pages find it.
pub fn url(accent: Accent) -> String {
    format!("/brand/{}", name(accent))
}

fn name(accent: Accent) -> String {
    let hash = hex::encode(&Sha256::digest(text(accent))[..6]);
    let [light, dark] = [accent.light, accent.dark].map(|colour| hex::encode(colour.0));
    format!("accent-{light}-{dark}.{hash}.css")
}

/// The style sheet of a name; a name that is not wholly right, or whose colours cannot be read,
/// finds nothing.
pub fn of_name(asked: &str) -> Option<String> {
    let colours = asked.strip_prefix("accent-")?.split('.').next()?;
    let (light, dark) = colours.split_once('-')?;
    let accent = Accent { light: Colour::parse(light)?, dark: Colour::parse(dark)? };
    let readable = LIGHT.can_read(accent.light) && DARK.can_read(accent.dark);
    (readable && name(accent) == asked).then(|| text(accent))
}

fn text(Accent { light, dark }: Accent) -> String {
    format!(
        ":root{{{}}}\n@media (prefers-color-scheme: dark){{:root{{{}}}}}\n",
        properties(&LIGHT, light),
        properties(&DARK, dark)
    )
}

fn properties(theme: &Theme, colour: Colour) -> String {
    let all = [
        ("sea", colour),
        ("sea-over", theme.over(colour)),
        ("sea-wash", theme.wash(colour)),
        ("on-sea", theme.on),
    ];
    all.map(|(name, colour)| format!("--{name}:{}", colour.hex())).join(";")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_name_of_readable_colours_finds_a_sheet() {
        let colour = |text| Colour::parse(text).unwrap();
        let accent = Accent { light: colour("#8a3a1f"), dark: colour("#ff9d80") };
        let name = name(accent);
        assert!(of_name(&name).is_some_and(|text| text.contains("--sea:#8a3a1f")));
        assert_eq!(of_name(&name.replace("8a3a1f", "8a3a20")), None);
        let pale = Accent { light: colour("#ffee00"), ..accent };
        assert_eq!(of_name(&self::name(pale)), None);
        for other in ["accent-.css", "accent-a-b.c.css", "logo.png", "accent-8a3a1f-ff9d80.css"] {
            assert_eq!(of_name(other), None, "{other}");
        }
    }
}
