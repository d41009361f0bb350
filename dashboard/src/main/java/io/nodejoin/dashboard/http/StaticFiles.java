package io.nodejoin.dashboard.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;

/** Style sheet, script and icon, from the jar. Their addresses change with their content, so browsers may keep them. */
final class StaticFiles {
    private static final Map<String, String> TYPES = Map.of(
            "style.css", "text/css; charset=utf-8",
            "live.js", "text/javascript; charset=utf-8",
            "icon.svg", "image/svg+xml");

    private final Map<String, byte[]> files = new HashMap<>();

    StaticFiles() {
        TYPES.keySet().forEach(name -> files.put(name, read(name)));
    }

    private static byte[] read(String name) {
        try (InputStream file = StaticFiles.class.getResourceAsStream("/io/nodejoin/dashboard/static/" + name)) {
            if (file == null) {
                throw new IllegalStateException(name + " is not in the jar");
            }
            return file.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the address of a file. */
    String href(String name) {
        CRC32 sum = new CRC32();
        sum.update(files.getOrDefault(name, new byte[0]));
        return "/static/" + name + "?v=" + Long.toHexString(sum.getValue());
    }

    Optional<Reply> find(String name) {
        byte[] file = files.get(name);
        String type = TYPES.get(name);
        return file == null || type == null
                ? Optional.empty()
                : Optional.of(new Reply(
                        200,
                        type,
                        ByteBuffer.wrap(file),
                        Map.of("Cache-Control", "private, max-age=31536000, immutable")));
    }
}
