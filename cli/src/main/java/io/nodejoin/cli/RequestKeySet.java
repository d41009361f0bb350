package io.nodejoin.cli;

import io.nodejoin.client.kafka.KeyScope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwk.Use;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.lang.JoseException;

/** The file with the public keys that verify a cluster's requests: a JWK set (RFC 7517), the newest key last. */
final class RequestKeySet {
    private final KeySetFile file;
    private final List<JsonWebKey> keys;

    private RequestKeySet(KeySetFile file, List<JsonWebKey> keys) {
        this.file = file;
        this.keys = new ArrayList<>(keys);
    }

    /** Reads a set. Throws {@link CliException} if it cannot be read or is none. */
    static RequestKeySet read(Path path) {
        KeySetFile file = new KeySetFile(path, false);
        return new RequestKeySet(file, file.read());
    }

    /** Reads a set, which is empty if there is no file yet. */
    static RequestKeySet readOrEmpty(Path path) {
        KeySetFile file = new KeySetFile(path, false);
        return new RequestKeySet(file, file.readOrEmpty());
    }

    List<JsonWebKey> keys() {
        return List.copyOf(keys);
    }

    /** Makes a key of P-256 for ES256, and adds its public half. Throws {@link CliException} if the id is in use. */
    PublicJsonWebKey add(String id, KeyScope scope) {
        file.requireUnused(id, keys);
        try {
            PublicJsonWebKey made = EcJwkGenerator.generateJwk(EllipticCurves.P256);
            made.setKeyId(id);
            made.setUse(Use.SIGNATURE);
            made.setAlgorithm(AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256);
            scope.limit(made);
            keys.add(made);
            return made;
        } catch (JoseException e) {
            throw new IllegalStateException("P-256 is always there", e);
        }
    }

    /** Returns the keys with this scope. */
    List<JsonWebKey> keysOf(KeyScope scope) {
        return keys.stream().filter(key -> scope(key).equals(scope)).toList();
    }

    /** Removes all but the newest keys with this scope. Returns the ids of those that it has removed. */
    List<String> keepNewest(int number, KeyScope scope) {
        List<JsonWebKey> same = keysOf(scope);
        List<JsonWebKey> old = same.subList(0, Math.max(0, same.size() - number));
        keys.removeAll(old);
        return old.stream().map(JsonWebKey::getKeyId).toList();
    }

    /** Returns what a key may sign. Throws {@link CliException} if that cannot be understood. */
    KeyScope scope(JsonWebKey key) {
        try {
            return KeyScope.of(key);
        } catch (JoseException e) {
            throw new CliException(ExitCodes.USAGE, file.path() + ": " + e.getMessage(), e);
        }
    }

    void write() throws IOException {
        file.write(keys);
    }

    /** Writes the private key to a new file that only its owner can read. */
    static void writePrivate(PublicJsonWebKey key, Path file) throws IOException {
        Set<PosixFilePermission> ownerOnly = PosixFilePermissions.fromString("rw-------");
        Files.createFile(file, PosixFilePermissions.asFileAttribute(ownerOnly));
        Files.writeString(
                file, key.toJson(JsonWebKey.OutputControlLevel.INCLUDE_PRIVATE) + "\n", StandardOpenOption.WRITE);
    }
}
