package io.nodejoin.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.lang.JoseException;

/**
 * A file with a JWK set (RFC 7517).
 *
 * @param secret whether only its owner may read it, since its keys are secret
 */
record KeySetFile(Path path, boolean secret) {

    /** Returns the keys in their order. Throws {@link CliException} if they cannot be read; its message quotes none of them. */
    List<JsonWebKey> read() {
        try {
            return new JsonWebKeySet(Files.readString(path)).getJsonWebKeys();
        } catch (IOException e) {
            throw new CliException(ExitCodes.USAGE, "cannot read the key set " + path, e);
        } catch (JoseException e) {
            throw new CliException(ExitCodes.USAGE, path + " is no JWK set" + (secret ? "" : ": " + e.getMessage()), e);
        }
    }

    /** Returns the keys, of which there are none if there is no file yet. */
    List<JsonWebKey> readOrEmpty() {
        return Files.exists(path) ? read() : List.of();
    }

    /** Throws {@link CliException} if one of the keys has this id. */
    void requireUnused(String id, List<JsonWebKey> keys) {
        if (keys.stream().anyMatch(key -> id.equals(key.getKeyId()))) {
            throw new CliException(ExitCodes.USAGE, path + " has a key " + id + " already; name another one", null);
        }
    }

    /** Replaces the file at once, so that a service that reads it sees the old keys or the new ones. */
    void write(List<JsonWebKey> keys) throws IOException {
        Path staged = path.resolveSibling(path.getFileName() + ".new");
        Files.deleteIfExists(staged);
        FileAttribute<?>[] attributes = secret
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
        Files.createFile(staged, attributes);
        String json = new JsonWebKeySet(keys)
                .toJson(
                        secret
                                ? JsonWebKey.OutputControlLevel.INCLUDE_SYMMETRIC
                                : JsonWebKey.OutputControlLevel.PUBLIC_ONLY);
        Files.writeString(staged, json + "\n");
        Files.move(staged, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
