package io.nodejoin.testbed.canary;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;

/** An encoding in which a text may contain a secret. */
public enum Encoding {
    RAW {
        @Override
        public byte[] encode(byte[] text) {
            return text.clone();
        }
    },
    BASE64 {
        @Override
        public byte[] encode(byte[] text) {
            return Base64.getEncoder().encode(text);
        }

        @Override
        List<byte[]> encodedForms(byte[] secret) {
            return base64Forms(secret, Base64.getEncoder());
        }
    },
    BASE64_URL {
        @Override
        public byte[] encode(byte[] text) {
            return Base64.getUrlEncoder().withoutPadding().encode(text);
        }

        @Override
        List<byte[]> encodedForms(byte[] secret) {
            return base64Forms(secret, Base64.getUrlEncoder());
        }
    },
    HEX {
        @Override
        public byte[] encode(byte[] text) {
            return HexFormat.of().formatHex(text).getBytes(StandardCharsets.US_ASCII);
        }
    },
    HEX_UPPER_CASE {
        @Override
        public byte[] encode(byte[] text) {
            return HexFormat.of().withUpperCase().formatHex(text).getBytes(StandardCharsets.US_ASCII);
        }
    },
    UTF_16_BIG_ENDIAN {
        @Override
        public byte[] encode(byte[] text) {
            return new String(text, StandardCharsets.ISO_8859_1).getBytes(StandardCharsets.UTF_16BE);
        }
    },
    UTF_16_LITTLE_ENDIAN {
        @Override
        public byte[] encode(byte[] text) {
            return new String(text, StandardCharsets.ISO_8859_1).getBytes(StandardCharsets.UTF_16LE);
        }
    },
    GZIP {
        @Override
        public byte[] encode(byte[] text) {
            return compress(GZIPOutputStream::new, text);
        }

        @Override
        List<byte[]> encodedForms(byte[] secret) {
            return List.of();
        }
    },
    ZLIB {
        @Override
        public byte[] encode(byte[] text) {
            return compress(DeflaterOutputStream::new, text);
        }

        @Override
        List<byte[]> encodedForms(byte[] secret) {
            return List.of();
        }
    };

    /** The text in this encoding. */
    public abstract byte[] encode(byte[] text);

    /**
     * Returns the possible forms of a secret inside a longer text; empty for an encoding that must be decoded instead.
     */
    List<byte[]> encodedForms(byte[] secret) {
        return List.of(encode(secret));
    }

    /**
     * Base64 encodes three bytes as four characters, so there are three alignments; the ends depend on the neighbours.
     */
    private static List<byte[]> base64Forms(byte[] secret, Base64.Encoder encoder) {
        return IntStream.range(0, 3)
                .mapToObj(before -> {
                    byte[] text = new byte[before + secret.length];
                    System.arraycopy(secret, 0, text, before, secret.length);
                    int first = (before * 8 + 5) / 6;
                    int last = text.length * 8 / 6;
                    return Arrays.copyOfRange(encoder.encode(text), first, last);
                })
                .toList();
    }

    private static byte[] compress(Compression compression, byte[] text) {
        var compressed = new ByteArrayOutputStream();
        try (OutputStream stream = compression.open(compressed)) {
            stream.write(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return compressed.toByteArray();
    }

    private interface Compression {
        OutputStream open(OutputStream compressed) throws IOException;
    }
}
