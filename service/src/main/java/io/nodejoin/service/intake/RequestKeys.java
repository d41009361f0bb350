package io.nodejoin.service.intake;

import io.cloudevents.CloudEvent;
import io.nodejoin.client.config.ConfigException;
import io.nodejoin.client.kafka.EventSignature;
import io.nodejoin.client.kafka.KeyScope;
import io.nodejoin.protocol.ClusterName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.lang.JoseException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The JWK sets (RFC 7517) that verify requests, per cluster. Files are read for each request, so that keys can be
 * rotated; the last keys stay valid while a file, or the scope of one of its keys, cannot be read. A cluster without a file accepts unsigned requests.
 */
public final class RequestKeys {
    private static final Logger LOG = LoggerFactory.getLogger(RequestKeys.class);

    private final Map<ClusterName, Path> files;
    private final Map<ClusterName, JsonWebKeySet> lastKeys;

    private RequestKeys(Map<ClusterName, Path> files, Map<ClusterName, JsonWebKeySet> keys) {
        this.files = Map.copyOf(files);
        this.lastKeys = new ConcurrentHashMap<>(keys);
    }

    /**
     * Reads every file for the first time.
     *
     * @throws ConfigException if a file contains no keys
     */
    public static RequestKeys load(Map<ClusterName, Path> files) throws ConfigException {
        Map<ClusterName, JsonWebKeySet> keys = new HashMap<>();
        for (Map.Entry<ClusterName, Path> file : files.entrySet()) {
            try {
                keys.put(file.getKey(), read(file.getValue()));
            } catch (IOException | JoseException e) {
                throw new ConfigException(
                        "clusters." + file.getKey() + ".requestKeysFile: " + file.getValue() + " is no JWK set: "
                                + e.getMessage(),
                        e);
            }
        }
        return new RequestKeys(files, keys);
    }

    /** Whether the sender of an event is known, and what it may request. */
    sealed interface Authentication {
        /**
         * It is known, or the cluster accepts unsigned requests.
         *
         * @param keyId the id of its key; empty if the key has none, or the request needs none
         */
        record Authenticated(String keyId, KeyScope scope) implements Authentication {}

        /** It is not known. */
        record Refused(String why) implements Authentication {}
    }

    /** Returns who has sent this event for this cluster. */
    Authentication authenticate(ClusterName cluster, CloudEvent event, Instant now) {
        Path file = files.get(cluster);
        if (file == null) {
            return new Authentication.Authenticated("", KeyScope.ANY);
        }
        return switch (EventSignature.verify(event, keys(cluster, file), now)) {
            case EventSignature.Verification.Refused(String why) -> new Authentication.Refused(why);
            case EventSignature.Verification.Signed(JsonWebKey key) ->
                new Authentication.Authenticated(Objects.requireNonNullElse(key.getKeyId(), ""), scope(key));
        };
    }

    /** Each key was read with its scope before. */
    private static KeyScope scope(JsonWebKey key) {
        try {
            return KeyScope.of(key);
        } catch (JoseException e) {
            throw new IllegalStateException(e);
        }
    }

    private JsonWebKeySet keys(ClusterName cluster, Path file) {
        try {
            JsonWebKeySet keys = read(file);
            lastKeys.put(cluster, keys);
            return keys;
        } catch (IOException | JoseException e) {
            LOG.warn("{} cannot be read; its last keys stay valid", file, e);
            return Objects.requireNonNull(lastKeys.get(cluster));
        }
    }

    private static JsonWebKeySet read(Path file) throws IOException, JoseException {
        JsonWebKeySet keys = new JsonWebKeySet(Files.readString(file));
        if (keys.getJsonWebKeys().isEmpty()) {
            throw new JoseException("it has no keys");
        }
        for (JsonWebKey key : keys.getJsonWebKeys()) {
            KeyScope.of(key);
        }
        return keys;
    }
}
