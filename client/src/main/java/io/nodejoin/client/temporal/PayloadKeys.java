package io.nodejoin.client.temporal;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.temporal.payload.codec.PayloadCodecException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.Key;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.OctetSequenceJsonWebKey;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys that encrypt what Temporal stores: a JWK set (RFC 7517) of AES-256 keys, each with an id. The first encrypts,
 * all decrypt. The file is read again every few seconds, and when a key is unknown; a file that cannot be read leaves the
 * former keys in use.
 */
final class PayloadKeys {
    private static final Logger LOG = LoggerFactory.getLogger(PayloadKeys.class);
    private static final long REREAD_NANOS = Duration.ofSeconds(5).toNanos();
    private static final long SEARCH_NANOS = Duration.ofSeconds(1).toNanos();
    private static final int KEY_BYTES = 32;

    private final Path file;
    private final LongSupplier nanoTime;
    private String text = "";
    private List<PayloadKey> keys = List.of();
    private @Nullable Problem problem;
    private long readAt;

    /** Reads the file; {@link #problem} tells whether it can be used. */
    PayloadKeys(Path file, LongSupplier nanoTime) {
        this.file = file;
        this.nanoTime = nanoTime;
        read();
    }

    record PayloadKey(String id, Key key) {
        @Override
        public String toString() {
            return "PayloadKey[" + id + ", <redacted>]";
        }
    }

    /** Returns the key that encrypts. Throws {@link PayloadCodecException} if there has never been one. */
    synchronized PayloadKey encrypting() {
        readIfOlderThan(REREAD_NANOS);
        if (keys.isEmpty()) {
            throw new PayloadCodecException(problem == null ? file + " has no keys" : problem.toLine());
        }
        return keys.getFirst();
    }

    /** Returns the key of this id; empty if the file has none. */
    synchronized Optional<PayloadKey> find(String id) {
        readIfOlderThan(REREAD_NANOS);
        Optional<PayloadKey> known = search(id);
        if (known.isPresent()) {
            return known;
        }
        readIfOlderThan(SEARCH_NANOS);
        return search(id);
    }

    /** Reads the file now. Returns why it cannot be used; empty if it can. */
    synchronized Optional<Problem> problem() {
        read();
        return Optional.ofNullable(problem);
    }

    @Override
    public String toString() {
        return file.toString();
    }

    private Optional<PayloadKey> search(String id) {
        return keys.stream().filter(key -> key.id().equals(id)).findFirst();
    }

    private void readIfOlderThan(long nanos) {
        if (nanoTime.getAsLong() - readAt >= nanos) {
            read();
        }
    }

    private void read() {
        readAt = nanoTime.getAsLong();
        try {
            String current = Files.readString(file);
            if (!current.equals(text)) {
                keys = parse(current);
                text = current;
                LOG.info(
                        "{} encrypts payloads by the key {}",
                        file,
                        keys.getFirst().id());
            }
            problem = null;
        } catch (NoSuchFileException _) {
            fail("there is no file " + file);
        } catch (IOException _) {
            fail(file + " cannot be read as text");
        } catch (IllegalArgumentException e) {
            fail(file + " is no JWK set of AES-256 keys: " + e.getMessage());
        }
    }

    private void fail(String why) {
        Problem now = new Problem(ErrorCode.TEMPORAL_CREDENTIALS_INVALID, why + " (temporal.payloads.keysFile)");
        if (!now.equals(problem) && !keys.isEmpty()) {
            LOG.warn("{}; the former keys stay in use", now.toLine());
        }
        problem = now;
    }

    /** A parser's message may quote what it has read, so none is passed on. */
    private static List<PayloadKey> parse(String text) {
        Map<String, PayloadKey> keys = new LinkedHashMap<>();
        for (JsonWebKey key : set(text).getJsonWebKeys()) {
            String id = key.getKeyId();
            if (id == null || id.isBlank()) {
                throw new IllegalArgumentException("a key has no kid");
            }
            if (!(key instanceof OctetSequenceJsonWebKey octets) || octets.getOctetSequence().length != KEY_BYTES) {
                throw new IllegalArgumentException("the key " + id + " is not of type oct with 256 bits");
            }
            if (keys.put(id, new PayloadKey(id, octets.getKey())) != null) {
                throw new IllegalArgumentException("two keys have the kid " + id);
            }
        }
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("it has no keys");
        }
        return List.copyOf(keys.values());
    }

    private static JsonWebKeySet set(String text) {
        try {
            return new JsonWebKeySet(text);
        } catch (JoseException _) {
            throw new IllegalArgumentException("it cannot be parsed");
        }
    }
}
