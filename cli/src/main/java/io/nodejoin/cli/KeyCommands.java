package io.nodejoin.cli;

import io.nodejoin.client.kafka.KeyScope;
import io.nodejoin.protocol.PoolName;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jose4j.jwk.EllipticCurveJsonWebKey;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.OctetKeyPairJsonWebKey;
import org.jose4j.jwk.PublicJsonWebKey;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** {@code nodejoin keys}: the keys that sign a cluster's requests. */
final class KeyCommands {
    /** Requests that the earlier key has signed may still be on their way. */
    private static final int KEPT = 2;

    private KeyCommands() {}

    @Command(
            name = "keys",
            header = "Makes, lists and rotates the keys that sign requests.",
            synopsisSubcommandLabel = "COMMAND")
    static final class Group {}

    /** The file that the service reads. */
    static final class KeySetOption {
        @Option(
                names = "--keys",
                paramLabel = "FILE",
                required = true,
                description = "the JWK set of public keys that the service reads (requestKeysFile)")
        private Path file = Path.of("");
    }

    /** A key for people and programs. Its private half is nowhere printed. */
    private record Key(String id, String algorithm, String curve, String kinds, String pools, String thumbprint) {
        static Key of(JsonWebKey key, KeyScope scope) {
            return new Key(
                    Objects.requireNonNullElse(key.getKeyId(), ""),
                    Objects.requireNonNullElse(key.getAlgorithm(), ""),
                    switch (key) {
                        case EllipticCurveJsonWebKey ec -> ec.getCurveName();
                        case OctetKeyPairJsonWebKey okp -> okp.getSubtype();
                        default -> key.getKeyType();
                    },
                    scope.describeKinds(),
                    scope.describePools(),
                    key.calculateBase64urlEncodedThumbprint("SHA-256"));
        }
    }

    @Command(
            name = "list",
            header = {
                "Lists the keys whose requests are accepted, the newest last.",
                "",
                "Examples:",
                "  ${ROOT-COMMAND-NAME} keys list --keys fra-1.jwks",
                "  ${ROOT-COMMAND-NAME} keys list --keys fra-1.jwks -o name",
                ""
            },
            description = "The thumbprint is that of RFC 7638 with SHA-256.")
    static final class ListKeys implements Callable<Integer> {
        private final Terminal terminal;

        @Mixin
        private KeySetOption keySet = new KeySetOption();

        @Mixin
        private Output output = new Output();

        ListKeys(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() {
            RequestKeySet set = RequestKeySet.read(keySet.file);
            List<Key> keys =
                    set.keys().stream().map(key -> Key.of(key, set.scope(key))).toList();
            output.print(terminal, keys, keys.stream().map(Key::id).toList(), wide -> {
                Table table = new Table(4, "KEY", "ALGORITHM", "CURVE", "KINDS", "POOLS", "THUMBPRINT");
                keys.forEach(key ->
                        table.add(key.id(), key.algorithm(), key.curve(), key.kinds(), key.pools(), key.thumbprint()));
                table.lines(wide).forEach(terminal::data);
            });
            return ExitCodes.OK;
        }
    }

    private static final class KindConverter implements ITypeConverter<KeyScope.Kind> {
        @Override
        public KeyScope.Kind convert(String word) {
            return KeyScope.Kind.ofWord(word)
                    .orElseThrow(() -> new TypeConversionException(
                            "'" + word + "' is no kind of request; known are join, cancel, leave, offer and withdraw"));
        }
    }

    /** What new and rotate have in common. */
    abstract static class Maker implements Callable<Integer> {
        final Terminal terminal;

        @Parameters(paramLabel = "KEY", description = "the id of the new key (kid), such as fleet-2026-12")
        String id = "";

        @Mixin
        KeySetOption keySet = new KeySetOption();

        @Option(
                names = "--signing-key",
                paramLabel = "FILE",
                required = true,
                description = "where the private key goes: a new file, which only its owner can read")
        Path signingKey = Path.of("");

        @Option(
                names = "--kind",
                paramLabel = "KIND",
                converter = KindConverter.class,
                description =
                        "limit the key to this kind of request, repeatable: join, cancel, leave, offer or withdraw")
        List<KeyScope.Kind> kinds = List.of();

        @Option(
                names = "--pool",
                paramLabel = "POOL",
                converter = PoolConverter.class,
                description = "limit the key to requests of this pool, repeatable")
        List<PoolName> pools = List.of();

        @Mixin
        Output output = new Output();

        Maker(Terminal terminal) {
            this.terminal = terminal;
        }

        /** The private key is written first: nobody waits for requests that nobody can sign. */
        int make(RequestKeySet set, Map<String, Object> facts) {
            PublicJsonWebKey key = set.add(id, scope());
            facts.putAll(remove(set));
            try {
                RequestKeySet.writePrivate(key, signingKey);
                writePublic(set);
            } catch (FileAlreadyExistsException _) {
                throw new CliException(
                        ExitCodes.USAGE,
                        signingKey + " is there already, and is not overwritten; name a new file",
                        null);
            } catch (IOException e) {
                throw new CliException(ExitCodes.USAGE, "cannot write " + e.getMessage(), e);
            }
            Key made = Key.of(key, scope());
            facts.put("kinds", made.kinds());
            facts.put("pools", made.pools());
            facts.put("thumbprint", made.thumbprint());
            facts.put("signing key", signingKey);
            output.printFacts(terminal, id, facts);
            return ExitCodes.OK;
        }

        final KeyScope scope() {
            return new KeyScope(Set.copyOf(kinds), new LinkedHashSet<>(pools));
        }

        private void writePublic(RequestKeySet set) throws IOException {
            try {
                set.write();
            } catch (IOException e) {
                Files.deleteIfExists(signingKey);
                throw e;
            }
        }

        abstract Map<String, Object> remove(RequestKeySet set);
    }

    @Command(
            name = "new",
            header = {
                "Makes a key that signs requests: P-256, for ES256.",
                "",
                "Examples:",
                "  ${ROOT-COMMAND-NAME} keys new fleet-1 --keys fra-1.jwks --signing-key fleet-1.jwk",
                "  ${ROOT-COMMAND-NAME} join fra-1/w1 --signing-key fleet-1.jwk",
                "  ${ROOT-COMMAND-NAME} keys new batch-1 --kind join --kind cancel --pool batch --keys fra-1.jwks"
                        + " --signing-key batch-1.jwk",
                ""
            },
            description = "Adds its public half to the key set, which is made if it is not there. The other keys stay.")
    static final class New extends Maker {
        New(Terminal terminal) {
            super(terminal);
        }

        @Override
        public Integer call() {
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("key", id);
            return make(RequestKeySet.readOrEmpty(keySet.file), facts);
        }

        @Override
        Map<String, Object> remove(RequestKeySet set) {
            return Map.of();
        }
    }

    @Command(
            name = "rotate",
            header = {
                "Makes a key, and removes all but the one before it of the same kinds and pools.",
                "",
                "Examples:",
                "  ${ROOT-COMMAND-NAME} keys rotate fleet-2 --keys fra-1.jwks --signing-key fleet-2.jwk",
                "  ${ROOT-COMMAND-NAME} keys rotate fleet-2 --keys fra-1.jwks --signing-key fleet-2.jwk --yes",
                ""
            },
            description =
                    "Requests that the former key has signed stay valid until the next rotation. Let the autoscaler sign with"
                            + " the new key once the service has the new file.")
    static final class Rotate extends Maker {
        @Mixin
        private Confirmation confirmation = new Confirmation();

        Rotate(Terminal terminal) {
            super(terminal);
        }

        @Override
        public Integer call() {
            RequestKeySet set = RequestKeySet.read(keySet.file);
            String question = "Remove all keys of these kinds and pools but the newest from %s?".formatted(keySet.file);
            if (set.keysOf(scope()).size() >= KEPT && !confirmation.isGiven(terminal, question)) {
                return ExitCodes.FAILED;
            }
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("key", id);
            return make(set, facts);
        }

        @Override
        Map<String, Object> remove(RequestKeySet set) {
            List<String> removed = set.keepNewest(KEPT, scope());
            return removed.isEmpty() ? Map.of() : Map.of("removed", String.join(", ", removed));
        }
    }
}
