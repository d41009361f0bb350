package io.nodejoin.protocol.hostile;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A text that does harm where it is taken for more than text. Some are valid values of some members all the same. */
public record HostileText(String name, String text) {

    /** All of them, each text once. */
    public static List<HostileText> all() {
        Map<String, HostileText> texts = new LinkedHashMap<>();
        Stream.of(
                        InterpreterTexts.all(),
                        FormatTexts.all(),
                        NetworkTexts.all(),
                        KubernetesTexts.all(),
                        controls(),
                        invisibles(),
                        lookalikes(),
                        shapes())
                .flatMap(many -> many)
                .forEach(hostile -> texts.putIfAbsent(hostile.text(), hostile));
        return List.copyOf(texts.values());
    }

    static Stream<HostileText> of(String kind, String... texts) {
        return IntStream.range(0, texts.length).mapToObj(i -> new HostileText(kind + " " + (i + 1), texts[i]));
    }

    private static Stream<HostileText> controls() {
        return IntStream.concat(IntStream.rangeClosed(0, 0x1f), IntStream.rangeClosed(0x7f, 0x9f))
                .boxed()
                .flatMap(control -> {
                    String character = Character.toString(control);
                    return Stream.of(
                            new HostileText("control U+%04X inside".formatted(control), "a" + character + "b"),
                            new HostileText("control U+%04X at the end".formatted(control), "a" + character));
                });
    }

    /** Marks of direction, joiners, spaces without width, separators, tags, what is no character, halves of pairs. */
    private static Stream<HostileText> invisibles() {
        return IntStream.of(
                        0xad, 0x34f, 0x61c, 0x115f, 0x17b4, 0x180e, 0x200b, 0x200c, 0x200d, 0x200e, 0x200f, 0x2028,
                        0x2029, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2060, 0x2061, 0x2064, 0x2066, 0x2067, 0x2068,
                        0x2069, 0x206f, 0x3164, 0xfe0f, 0xfeff, 0xfff9, 0xfffb, 0xfffe, 0xffff, 0xe0001, 0xe0041,
                        0x1d173, 0x10ffff, 0xe000, 0xd800, 0xdbff, 0xdc00, 0xdfff)
                .mapToObj(point ->
                        new HostileText("invisible U+%04X".formatted(point), "a" + Character.toString(point) + "b"));
    }

    private static Stream<HostileText> lookalikes() {
        return of(
                "lookalike",
                "w\u043erker", // Cyrillic o
                "\u0430dmin", // Cyrillic a
                "n\u0456", // Cyrillic i
                "m\u03bfde", // Greek omicron
                "\uff41\uff42", // full width
                "\uff11\uff10.0.0.1",
                "\u0661\u0662\u0663", // Arabic digits
                "\u0967", // Devanagari digit
                "\ud835\udfce\ud835\udfcf", // mathematical digits
                "a\u2010b", // a hyphen of another kind
                "a\u2212b",
                "a\u2024b", // a dot of another kind
                "a\u3002b",
                "a\u2215b", // a slash of another kind
                "\u017f\u212a", // folds to sk
                "\u0131", // dotless i
                "stra\u00dfe",
                "w\u00f6rker",
                "wo\u0308rker",
                "\ufb01le",
                "\u2160",
                "\ud83d\ude00",
                "\ud83d\udc69\u200d\ud83d\udcbb",
                "\u5de5\u4eba",
                "Z\u0351\u034a\u0343a\u0335\u0321\u035bl\u0301g\u0334o");
    }

    private static Stream<HostileText> shapes() {
        List<HostileText> shapes = new ArrayList<>();
        of(
                        "edge", "", " ", "  ", "-", "--", "-a", "a-", ".", "..", "...", ".a", "a.", "a..b", "_", "_a",
                        "a_", "a b", " a", "a ")
                .forEach(shapes::add);
        of(
                        "case",
                        "A",
                        "Worker",
                        "WORKER-7",
                        "a.B",
                        "a_b",
                        "a+b",
                        "a=b",
                        "a,b",
                        "a;b",
                        "a:b",
                        "a@b",
                        "a!b",
                        "a~b",
                        "a*")
                .forEach(shapes::add);
        of("word", "null", "true", "false", "NaN", "0", "1e9", "undefined", "none", "~", "[]", "{}")
                .forEach(shapes::add);
        IntStream.of(63, 64, 65, 253, 254, 256, 317, 318, 1_024, 1_025, 5_000)
                .mapToObj(length -> new HostileText(length + " letters", "a".repeat(length)))
                .forEach(shapes::add);
        shapes.add(new HostileText("many labels", "a.".repeat(127) + "a"));
        shapes.add(new HostileText("many dots", ".".repeat(300)));
        shapes.add(new HostileText("many dashes", "a" + "-".repeat(300) + "a"));
        shapes.add(new HostileText("much to try", "a-".repeat(2_000) + "!"));
        shapes.add(new HostileText("long prefix", "a.".repeat(126) + "aa/b"));
        return shapes.stream();
    }

    @Override
    public String toString() {
        return name;
    }
}
