package io.nodejoin.testbed.canary;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;

/**
 * Searches for many secrets in every {@link Encoding}, in one pass over the bytes with a hash table of prefixes.
 * Compressed data is inflated and searched, one level deep.
 */
public final class SecretScanner {
    /** The bytes of a long: a prefix is one number. */
    private static final int WINDOW = Long.BYTES;

    private static final int MAX_INFLATED_BYTES = 16 << 20;
    /** Slots per form: a mostly empty table rejects on the first probe. */
    private static final int TABLE_SLACK = 8;
    /** 2^64 divided by the golden ratio. */
    private static final long HASH_MULTIPLIER = 0x9e3779b97f4a7c15L;

    private final Map<Long, List<Form>> forms = new HashMap<>();
    private final long[] beginnings;

    /** One secret in one encoding. */
    private static final class Form {
        private final String canary;
        private final Encoding encoding;
        private final byte[] bytes;

        Form(String canary, Encoding encoding, byte[] bytes) {
            this.canary = canary;
            this.encoding = encoding;
            this.bytes = bytes;
        }

        boolean matchesAt(int at, byte[] content) {
            int end = at + bytes.length;
            return end <= content.length && Arrays.equals(bytes, 0, bytes.length, content, at, end);
        }

        SecretMatch toMatch(boolean compressed, int at) {
            return new SecretMatch(canary, encoding, compressed, at);
        }
    }

    /** A table of the forms of these secrets. */
    public SecretScanner(Collection<Canary> canaries) {
        for (Canary canary : canaries) {
            for (Encoding encoding : Encoding.values()) {
                for (byte[] bytes : encoding.encodedForms(canary.secret())) {
                    forms.computeIfAbsent(beginning(bytes), _ -> new ArrayList<>())
                            .add(new Form(canary.name(), encoding, bytes));
                }
            }
        }
        beginnings = new long[Integer.highestOneBit(Math.max(1, forms.size())) * TABLE_SLACK];
        forms.keySet().forEach(this::addToTable);
    }

    /** Returns each secret once per encoding, at its first position. Thread-safe. */
    public List<SecretMatch> scan(byte[] content) {
        Set<SecretMatch> finds = new LinkedHashSet<>();
        search(content, (form, at) -> finds.add(form.toMatch(false, at)));
        for (int at = 0; at + 2 < content.length; at++) {
            int begin = at;
            search(inflate(content, at), (form, _) -> finds.add(form.toMatch(true, begin)));
        }
        Map<Object, SecretMatch> firsts = new LinkedHashMap<>();
        finds.forEach(find -> firsts.putIfAbsent(List.of(find.canary(), find.encoding(), find.compressed()), find));
        return List.copyOf(firsts.values());
    }

    private void search(byte[] content, BiConsumer<Form, Integer> found) {
        long window = 0;
        for (int end = 0; end < content.length; end++) {
            window = (window << Byte.SIZE) | (content[end] & 0xff);
            if (end >= WINDOW - 1 && isBeginning(window)) {
                int at = end - WINDOW + 1;
                for (Form form : forms.getOrDefault(window, List.of())) {
                    if (form.matchesAt(at, content)) {
                        found.accept(form, at);
                    }
                }
            }
        }
    }

    /** Returns the inflated data that starts here, as far as it can be inflated; empty if there is none. */
    private static byte[] inflate(byte[] content, int at) {
        int first = content[at] & 0xff;
        int second = content[at + 1] & 0xff;
        if (first == 0x1f && second == 0x8b && content[at + 2] == 8) {
            return readAll(content, at, GZIPInputStream::new);
        }
        boolean zlib = first == 0x78 && (second == 0x01 || second == 0x5e || second == 0x9c || second == 0xda);
        return zlib ? readAll(content, at, InflaterInputStream::new) : new byte[0];
    }

    private static byte[] readAll(byte[] content, int at, Decompressor opening) {
        var all = new ByteArrayOutputStream();
        byte[] buffer = new byte[8192];
        try (InputStream inflating = opening.open(new ByteArrayInputStream(content, at, content.length - at))) {
            for (int read = inflating.read(buffer);
                    read >= 0 && all.size() < MAX_INFLATED_BYTES;
                    read = inflating.read(buffer)) {
                all.write(buffer, 0, read);
            }
        } catch (IOException _) {
            // It was not compressed data, or truncated: searches what was inflated so far.
        }
        return all.toByteArray();
    }

    private void addToTable(long beginning) {
        int slot = slot(beginning);
        while (beginnings[slot] != 0) {
            slot = (slot + 1) & (beginnings.length - 1);
        }
        beginnings[slot] = beginning;
    }

    /** Without a box for each byte; eight zero bytes begin no form of a secret. */
    private boolean isBeginning(long window) {
        int slot = slot(window);
        while (beginnings[slot] != 0) {
            if (beginnings[slot] == window) {
                return true;
            }
            slot = (slot + 1) & (beginnings.length - 1);
        }
        return false;
    }

    private int slot(long beginning) {
        return (int) ((beginning * HASH_MULTIPLIER) >>> Integer.SIZE) & (beginnings.length - 1);
    }

    private static long beginning(byte[] form) {
        return ByteBuffer.wrap(form).getLong();
    }

    private interface Decompressor {
        InputStream open(InputStream compressed) throws IOException;
    }
}
