package io.nodejoin.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.OctJwkGenerator;
import org.jose4j.jwk.OctetSequenceJsonWebKey;
import org.jose4j.jwk.Use;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code nodejoin payload-keys}: the keys that encrypt what Temporal stores. The first of the file encrypts. */
final class PayloadKeyCommands {
    private static final int KEY_BITS = 256;
    private static final String ENCRYPTS = "encrypts";
    private static final String DECRYPTS = "decrypts";

    private PayloadKeyCommands() {}

    @Command(
            name = "payload-keys",
            header = "Makes, lists and rotates the keys that encrypt what Temporal stores.",
            synopsisSubcommandLabel = "COMMAND")
    static final class Group {}

    /** The file that the service reads. */
    static final class KeysOption {
        @Option(
                names = "--keys",
                paramLabel = "FILE",
                required = true,
                description =
                        "the JWK set that the service reads (temporal.payloads.keysFile); only its owner can read it")
        private Path path = Path.of("");

        KeySetFile file() {
            return new KeySetFile(path, true);
        }
    }

    private record Row(String id, String does) {}

    /** What is common to the commands of one key. */
    abstract static class OfOneKey implements Callable<Integer> {
        final Terminal terminal;

        @Parameters(paramLabel = "KEY", description = "the key's id (kid), such as payloads-2026-12")
        String id = "";

        @Mixin
        KeysOption keys = new KeysOption();

        @Mixin
        Output output = new Output();

        OfOneKey(Terminal terminal) {
            this.terminal = terminal;
        }

        /** Takes the key out of the list. Throws {@link CliException} if it is not in it. */
        JsonWebKey take(List<JsonWebKey> all) {
            JsonWebKey found = all.stream()
                    .filter(key -> id.equals(key.getKeyId()))
                    .findFirst()
                    .orElseThrow(() -> new CliException(
                            ExitCodes.USAGE, keys.path + " has no key " + id + ": nodejoin payload-keys list", null));
            all.remove(found);
            return found;
        }

        int write(List<JsonWebKey> all, String next) {
            try {
                keys.file().write(all);
            } catch (IOException e) {
                throw new CliException(ExitCodes.USAGE, "cannot write " + keys.path + ": " + e.getMessage(), e);
            }
            Map<String, Object> facts = new LinkedHashMap<>();
            rows(all).forEach(row -> facts.put(row.id(), row.does()));
            output.printFacts(terminal, id, facts);
            terminal.progress(next);
            return ExitCodes.OK;
        }
    }

    @Command(
            name = "new",
            header = {
                "Makes a key: 256 bits for AES-GCM.",
                "",
                "Examples:",
                "  ${ROOT-COMMAND-NAME} payload-keys new payloads-1 --keys payload-keys.jwks",
                ""
            },
            description =
                    "The first key of a file encrypts. A further one decrypts only, until the command use puts it first.")
    static final class New extends OfOneKey {
        New(Terminal terminal) {
            super(terminal);
        }

        @Override
        public Integer call() {
            List<JsonWebKey> all = new ArrayList<>(keys.file().readOrEmpty());
            keys.file().requireUnused(id, all);
            OctetSequenceJsonWebKey key = OctJwkGenerator.generateJwk(KEY_BITS);
            key.setKeyId(id);
            key.setUse(Use.ENCRYPTION);
            all.add(key);
            return write(
                    all,
                    all.size() == 1
                            ? "next: name the file in temporal.payloads.keysFile of every replica"
                            : "next: once every replica has the file, nodejoin payload-keys use " + id);
        }
    }

    @Command(
            name = "use",
            header = {
                "Lets a key encrypt from now on.",
                "",
                "Examples:",
                "  ${ROOT-COMMAND-NAME} payload-keys use payloads-2 --keys payload-keys.jwks",
                ""
            },
            description = "Puts the key first. The others still decrypt.")
    static final class UseKey extends OfOneKey {
        UseKey(Terminal terminal) {
            super(terminal);
        }

        @Override
        public Integer call() {
            List<JsonWebKey> all = new ArrayList<>(keys.file().read());
            all.addFirst(take(all));
            return write(
                    all,
                    "next: give every replica the file; remove the former key once Temporal has deleted the last history of it");
        }
    }

    @Command(
            name = "remove",
            header = {
                "Removes a key: what it has encrypted can never be read again.",
                "",
                "Examples:",
                "  ${ROOT-COMMAND-NAME} payload-keys remove payloads-1 --keys payload-keys.jwks",
                ""
            },
            description = "Joins that run and have data of the key do not go on without it.")
    static final class Remove extends OfOneKey {
        @Mixin
        private Confirmation confirmation = new Confirmation();

        Remove(Terminal terminal) {
            super(terminal);
        }

        @Override
        public Integer call() {
            List<JsonWebKey> all = new ArrayList<>(keys.file().read());
            if (id.equals(all.getFirst().getKeyId())) {
                throw new CliException(
                        ExitCodes.USAGE,
                        "the key " + id + " encrypts; let another one do so first: payload-keys use",
                        null);
            }
            take(all);
            return confirmation.isGiven(terminal, "Remove the key " + id + " for good?")
                    ? write(all, "next: give every replica the file")
                    : ExitCodes.FAILED;
        }
    }

    @Command(
            name = "list",
            header = {
                "Lists the keys, and which of them encrypts.",
                "",
                "Examples:",
                "  ${ROOT-COMMAND-NAME} payload-keys list --keys payload-keys.jwks",
                "  ${ROOT-COMMAND-NAME} payload-keys list --keys payload-keys.jwks -o name",
                ""
            },
            description = "Prints ids only.")
    static final class ListKeys implements Callable<Integer> {
        private final Terminal terminal;

        @Mixin
        private KeysOption keys = new KeysOption();

        @Mixin
        private Output output = new Output();

        ListKeys(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() {
            List<Row> rows = rows(keys.file().read());
            output.print(terminal, rows, rows.stream().map(Row::id).toList(), wide -> {
                Table table = new Table(0, "KEY", "DOES");
                rows.forEach(row -> table.add(row.id(), row.does()));
                table.lines(wide).forEach(terminal::data);
            });
            return ExitCodes.OK;
        }
    }

    private static List<Row> rows(List<JsonWebKey> keys) {
        List<Row> rows = new ArrayList<>();
        keys.forEach(key -> rows.add(
                new Row(Objects.requireNonNullElse(key.getKeyId(), ""), rows.isEmpty() ? ENCRYPTS : DECRYPTS)));
        return rows;
    }
}
