package io.nodejoin.service.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nodejoin.dashboard.AuditTrail;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the audit log backwards, by the bytes at which its lines begin. A log that was rotated begins anew. */
public final class AuditLogReader implements AuditTrail {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int DEFAULT_WINDOW = 1 << 20;

    private final Path file;
    private final int window;

    public AuditLogReader(Path file) {
        this(file, DEFAULT_WINDOW);
    }

    /** @param window how many bytes to look at for a page */
    AuditLogReader(Path file, int window) {
        this.file = file;
        this.window = window;
    }

    @Override
    public Page read(Set<String> joins, long before, int limit) throws IOException {
        try (FileChannel log = FileChannel.open(file, StandardOpenOption.READ)) {
            long end = Math.min(before, log.size());
            long start = Math.max(0, end - window);
            return page(bytes(log, start, (int) (end - start)), start, joins, limit);
        } catch (NoSuchFileException _) { // before the first entry
            return new Page(List.of(), null);
        }
    }

    private static byte[] bytes(FileChannel log, long start, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        int read = 0;
        while (bytes.hasRemaining() && read >= 0) {
            read = log.read(bytes, start + bytes.position());
        }
        return bytes.array();
    }

    /** Takes lines from the end. The first bytes of a window may be the end of a line, which belongs to an older page. */
    private static Page page(byte[] bytes, long start, Set<String> joins, int limit) {
        List<Entry> entries = new ArrayList<>();
        int end = bytes.length;
        while (end > 0 && entries.size() < limit) {
            int begin = lineBegin(bytes, end);
            if (begin == 0 && start > 0) {
                break;
            }
            entry(new String(bytes, begin, end - begin, StandardCharsets.UTF_8))
                    .filter(entry -> joins.isEmpty() || joins.contains(entry.join()))
                    .ifPresent(entries::add);
            end = begin;
        }
        // A line longer than the window is skipped.
        long next = end == bytes.length ? start : start + end;
        return new Page(entries, next == 0 ? null : next);
    }

    /** Returns where the line begins that ends here. */
    private static int lineBegin(byte[] bytes, int end) {
        int begin = end - 1;
        while (begin > 0 && bytes[begin - 1] != '\n') {
            begin--;
        }
        return begin;
    }

    /** A line that is being written, or was cut off by a crash, is none yet. */
    private static Optional<Entry> entry(String line) {
        try {
            JsonNode json = JSON.readTree(line);
            return json.isObject() ? Optional.of(entry(json)) : Optional.empty();
        } catch (JsonProcessingException | DateTimeException _) {
            return Optional.empty();
        }
    }

    private static Entry entry(JsonNode json) {
        Map<String, String> results = new HashMap<>();
        json.path("results")
                .properties()
                .forEach(
                        result -> results.put(result.getKey(), result.getValue().asText()));
        return new Entry(
                Instant.parse(json.path("time").asText()),
                json.path("actor").asText(),
                text(json.get("cluster")),
                json.path("join").asText(),
                json.path("action").asText(),
                json.path("object").asText(),
                results);
    }

    private static @Nullable String text(@Nullable JsonNode node) {
        return node == null ? null : node.asText();
    }
}
