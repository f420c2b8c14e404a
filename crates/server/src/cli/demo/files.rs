//! Files that customers send: drawn and written here, so that the demo shows pictures and plays voice notes without
//! carrying any.

use std::sync::OnceLock;

const WIDTH: usize = 360;
const HEIGHT: usize = 450;

/// A product picture: a shape of one colour (`rrggbb`) on a light ground, as PNG.
pub fn picture(shape: &str, color: &str) -> Vec<u8> {
    let color = u32::from_str_radix(color, 16).unwrap_or(0x80_80_80);
    let color = [color >> 16, color >> 8, color].map(|part| f32::from((part & 0xff) as u8));
    let mut rows = Vec::with_capacity((WIDTH * 3 + 1) * HEIGHT);
    for y in 0..HEIGHT {
        // Each row names its filter: none.
        rows.push(0);
        for x in 0..WIDTH {
            rows.extend(pixel(shape, color, x as f32 / WIDTH as f32 * 2.0 - 1.0, y as f32 / HEIGHT as f32));
        }
    }
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut head = Vec::new();
    head.extend((WIDTH as u32).to_be_bytes());
    head.extend((HEIGHT as u32).to_be_bytes());
    // 8 bits, red green blue, no interlacing.
    head.extend([8, 2, 0, 0, 0]);
    chunk(&mut file, b"IHDR", &head);
    chunk(&mut file, b"IDAT", &miniz_oxide::deflate::compress_to_vec_zlib(&rows, 6));
    chunk(&mut file, b"IEND", &[]);
    file
}

/// Colour at a place; `x` from -1 (left) to 1, `y` from 0 (top) to 1.
fn pixel(shape: &str, color: [f32; 3], x: f32, y: f32) -> [u8; 3] {
    let inside = match shape {
        "dress" => is_dress(x.abs(), y),
        "box" => x.abs() < 0.55 && (0.35..0.8).contains(&y),
        _ => is_shirt(x.abs(), y),
    };
    let ground = 246.0 - 26.0 * y - 6.0 * x.abs();
    let fold = (x * 9.0 + y * 3.0).sin() * 9.0 - x * 14.0;
    let tone = |part: f32, warm: f32| if inside { part + fold } else { ground - warm };
    [tone(color[0], 0.0), tone(color[1], 5.0), tone(color[2], 14.0)].map(|part| part.clamp(0.0, 255.0) as u8)
}

fn is_shirt(x: f32, y: f32) -> bool {
    let neck = x < 0.16 && y < 0.27 - x * 0.25;
    let body = x < 0.44 && (0.2..0.82).contains(&y);
    let sleeve = (0.4..0.78).contains(&x) && y > 0.2 + (x - 0.4) * 0.28 && y < 0.36 + (x - 0.4) * 0.3;
    (body || sleeve) && !neck
}

fn is_dress(x: f32, y: f32) -> bool {
    let neck = x < 0.13 && y < 0.2;
    let width = match y {
        y if y < 0.12 => 0.0,
        y if y < 0.38 => 0.3 - (y - 0.12) * 0.35,
        y => 0.21 + (y - 0.38) * 0.85,
    };
    x < width && y < 0.9 && !neck
}

fn chunk(file: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    file.extend((data.len() as u32).to_be_bytes());
    let mut crc = !0_u32;
    for byte in kind.iter().chain(data) {
        crc = (crc >> 8) ^ png_table()[((crc ^ u32::from(*byte)) & 0xff) as usize];
    }
    file.extend(kind);
    file.extend(data);
    file.extend((!crc).to_be_bytes());
}

fn png_table() -> &'static [u32; 256] {
    static TABLE: OnceLock<[u32; 256]> = OnceLock::new();
    TABLE.get_or_init(|| {
        std::array::from_fn(|at| {
            (0..8).fold(at as u32, |crc, _| if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 })
        })
    })
}

/// Samples of one Opus packet (20 ms at 48 kHz).
const PACKET_SAMPLES: u64 = 960;
/// A packet that says nothing.
const SILENCE: [u8; 3] = [0xf8, 0xff, 0xfe];

/// A voice note of so many quiet seconds: Ogg with Opus.
pub fn voice(seconds: u64) -> Vec<u8> {
    let mut head = b"OpusHead\x01\x01".to_vec();
    head.extend(312_u16.to_le_bytes());
    head.extend(48_000_u32.to_le_bytes());
    head.extend([0, 0, 0]);
    let mut tags = b"OpusTags".to_vec();
    tags.extend(4_u32.to_le_bytes());
    tags.extend(b"demo");
    tags.extend(0_u32.to_le_bytes());
    let mut file = Vec::new();
    page(&mut file, 2, 0, 0, &[&head]);
    page(&mut file, 0, 0, 1, &[&tags]);
    let mut left = seconds.clamp(1, 300) * 50;
    let (mut number, mut samples) = (2, 0);
    while left > 0 {
        let packets = left.min(250);
        left -= packets;
        samples += packets * PACKET_SAMPLES;
        let packets = vec![SILENCE.as_slice(); packets as usize];
        page(&mut file, if left == 0 { 4 } else { 0 }, samples, number, &packets);
        number += 1;
    }
    file
}

fn page(file: &mut Vec<u8>, flags: u8, samples: u64, number: u32, packets: &[&[u8]]) {
    let mut page = b"OggS\0".to_vec();
    page.push(flags);
    page.extend(samples.to_le_bytes());
    page.extend(1_u32.to_le_bytes());
    page.extend(number.to_le_bytes());
    // The checksum's place; it is counted as zero.
    page.extend([0; 4]);
    page.push(packets.len() as u8);
    page.extend(packets.iter().map(|packet| packet.len() as u8));
    for packet in packets {
        page.extend(*packet);
    }
    let crc = page.iter().fold(0_u32, |crc, byte| {
        (0..8).fold(
            crc ^ (u32::from(*byte) << 24),
            |crc, _| if crc >> 31 == 1 { (crc << 1) ^ 0x04c1_1db7 } else { crc << 1 },
        )
    });
    page[22..26].copy_from_slice(&crc.to_le_bytes());
    file.extend(page);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_what_they_say() {
        let picture = picture("dress", "b5656b");
        assert!(
            picture.starts_with(b"\x89PNG") && picture.ends_with(&[0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82])
        );
        assert!(picture.len() < 300_000);
        let voice = voice(7);
        assert_eq!(voice.windows(4).filter(|bytes| bytes == b"OggS").count(), 4);
        assert!(voice.windows(8).any(|bytes| bytes == b"OpusHead"));
    }
}
