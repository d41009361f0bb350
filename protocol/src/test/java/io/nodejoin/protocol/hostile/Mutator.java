package io.nodejoin.protocol.hostile;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Makes good bytes and texts bad, by chance: the same random numbers make the same mutation. */
public final class Mutator {
    private static final List<HostileText> HOSTILE = HostileText.all();
    private static final Pattern SCALAR =
            Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*+\"(?!\\s*:)|-?\\d+(?:\\.\\d+)?(?:[eE][-+]?\\d+)?|true|false|null");
    private static final Pattern MEMBER =
            Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*+\"\\s*:\\s*(?:\"(?:[^\"\\\\]|\\\\.)*+\"|[^,{}\\[\\]\"]++)");
    private static final byte[] INTERESTING = {
        0, 1, 0x7f, (byte) 0x80, (byte) 0xff, (byte) 0xc0, '\n', '\r', '"', '\\', '-'
    };

    private final Random random;

    Mutator(Random random) {
        this.random = random;
    }

    /** A number from 0 on, below the bound. */
    public int nextInt(int bound) {
        return random.nextInt(bound);
    }

    /** One of these. */
    public <T> T oneOf(List<T> choices) {
        return choices.get(nextInt(choices.size()));
    }

    /** One of the corpus. */
    public String hostileText() {
        return oneOf(HOSTILE).text();
    }

    /** The bytes with a few changes. */
    public byte[] mutateBytes(byte[] original) {
        byte[] bytes = original;
        for (int changes = 1 + nextInt(3); changes > 0; changes--) {
            bytes = mutateOnce(bytes);
        }
        return bytes;
    }

    /** The text with a few changes. */
    public String mutateText(String original) {
        String text = original;
        for (int changes = 1 + nextInt(3); changes > 0; changes--) {
            text = splice(text, nextInt(4) == 0 ? hostileText() : character(text));
        }
        return text;
    }

    /** JSON with a few changes to its values and members, or to its text. */
    public String mutateJson(String original) {
        String json = original;
        for (int changes = 1 + nextInt(3); changes > 0; changes--) {
            json = switch (nextInt(6)) {
                case 0 -> mutateText(json);
                case 1 -> replaceOneMatch(json, MEMBER, "");
                case 2 -> replaceOneMatch(json, MEMBER, "$0,$0");
                case 3 -> replaceOneMatch(json, MEMBER, "$0," + quoteJson(hostileText()) + ":" + jsonValue());
                default -> replaceOneMatch(json, SCALAR, jsonValue());
            };
        }
        return json;
    }

    /** A JSON string of this text. */
    public static String quoteJson(String text) {
        StringBuilder json = new StringBuilder("\"");
        text.chars().forEach(unit -> {
            if (unit == '"' || unit == '\\' || unit < ' ' || Character.isSurrogate((char) unit)) {
                json.append(String.format("\\u%04x", unit));
            } else {
                json.append((char) unit);
            }
        });
        return json.append('"').toString();
    }

    private String jsonValue() {
        return switch (nextInt(16)) {
            case 0 -> "null";
            case 1 -> "true";
            case 2 -> "-1";
            case 3 -> "1e400";
            case 4 -> "9".repeat(1 + nextInt(2_000));
            case 5 -> "9223372036854775808";
            case 6 -> "1e-999999999";
            case 7 -> "[]";
            case 8 -> "{}";
            case 9 -> "[".repeat(nextInt(5_000));
            case 10 -> "[".repeat(40) + "]".repeat(40);
            case 11 -> "{\"a\":".repeat(nextInt(200)) + "1";
            default -> quoteJson(hostileText());
        };
    }

    /** One of the places where the pattern fits, chosen by chance, gets the replacement; $0 stands for what was there. */
    private String replaceOneMatch(String text, Pattern pattern, String replacement) {
        List<MatchResult> places = pattern.matcher(text).results().toList();
        if (places.isEmpty()) {
            return text;
        }
        MatchResult place = oneOf(places);
        return text.substring(0, place.start())
                + replacement.replace("$0", place.group())
                + text.substring(place.end());
    }

    private String character(String text) {
        return text.isEmpty() || nextInt(2) == 0
                ? String.valueOf((char) nextInt(nextInt(2) == 0 ? 0x80 : 0x10000))
                : String.valueOf(text.charAt(nextInt(text.length())));
    }

    private String splice(String text, String piece) {
        int from = nextInt(text.length() + 1);
        int to = Math.min(text.length(), from + nextInt(3));
        return text.substring(0, from) + (nextInt(4) == 0 ? "" : piece) + text.substring(to);
    }

    private byte[] mutateOnce(byte[] bytes) {
        int at = nextInt(bytes.length + 1);
        int end = Math.min(bytes.length, at + 1 + nextInt(8));
        return switch (nextInt(8)) {
            case 0, 1 -> splice(bytes, at, Math.min(bytes.length, at + 1), flipBit(bytes, at));
            case 2 -> splice(bytes, at, Math.min(bytes.length, at + 1), interesting());
            case 3 -> splice(bytes, at, at, interesting());
            case 4 -> splice(bytes, at, end, new byte[0]);
            case 5 -> splice(bytes, at, at, Arrays.copyOfRange(bytes, at, end));
            case 6 -> Arrays.copyOf(bytes, at);
            default -> random(bytes, at, end);
        };
    }

    private byte[] flipBit(byte[] bytes, int at) {
        return at == bytes.length ? interesting() : new byte[] {(byte) (bytes[at] ^ 1 << nextInt(8))};
    }

    private byte[] interesting() {
        return new byte[] {INTERESTING[nextInt(INTERESTING.length)]};
    }

    private byte[] random(byte[] bytes, int from, int to) {
        byte[] piece = new byte[to - from];
        random.nextBytes(piece);
        return splice(bytes, from, to, piece);
    }

    private static byte[] splice(byte[] bytes, int from, int to, byte[] piece) {
        byte[] result = new byte[bytes.length - (to - from) + piece.length];
        System.arraycopy(bytes, 0, result, 0, from);
        System.arraycopy(piece, 0, result, from, piece.length);
        System.arraycopy(bytes, to, result, from + piece.length, bytes.length - to);
        return result;
    }
}
