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
 * Looks for many secrets at once, in every {@link Encoding}. One pass over the bytes, with a table of how each form begins;
 * what is compressed is inflated and looked at the same way, one level deep.
 */
public final class SecretScanner {
    /** As many bytes as a long has: how a form begins is one number. */
    private static final int WINDOW = Long.BYTES;

    private static final int MAX_INFLATED_BYTES = 16 << 20;
    /** Slots for each form: a table that is mostly empty answers at the first look. */
    private static final int TABLE_SLACK = 8;
    /** 2^64 divided by the golden ratio. */
    private static final long HASH_MULTIPLIER = 0x9e3779b97f4a7c15L;

    private final Map<Long, List<Form>> forms = new HashMap<>();
    private final long[] beginnings;

    /** How one secret looks in one encoding. */
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

    /** Each secret once for each way in which it is there, at its first place. Safe for use by many threads. */
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

    /** What begins here as compressed data, as far as it can be inflated; nothing if nothing does. */
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
            // It only looked like compressed data, or was cut off: what came out until here is looked at.
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
