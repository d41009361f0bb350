package io.nodejoin.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.client.kafka.KeyScope;
import io.nodejoin.protocol.PoolName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyCommandsTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    private Path directory;

    private Path set = Path.of("");

    @BeforeEach
    void nameTheSet() {
        set = directory.resolve("fra-1.jwks");
    }

    private int keys(String... words) {
        return run(Map.of(), words);
    }

    private int run(Map<String, String> environment, String... words) {
        Terminal terminal = new Terminal(print(out), print(err), false);
        return Main.commandLine(terminal, environment, Clock.systemUTC()).execute(words);
    }

    private static PrintStream print(ByteArrayOutputStream to) {
        return new PrintStream(to, true, StandardCharsets.UTF_8);
    }

    private int make(String command, String id, String... more) {
        String[] words = {
            "keys",
            command,
            id,
            "--keys",
            set.toString(),
            "--signing-key",
            directory.resolve(id + ".jwk").toString()
        };
        String[] all = Stream.concat(Arrays.stream(words), Arrays.stream(more)).toArray(String[]::new);
        return keys(all);
    }

    private List<String> accepted() throws Exception {
        return new JsonWebKeySet(Files.readString(set))
                .getJsonWebKeys().stream().map(JsonWebKey::getKeyId).toList();
    }

    @Test
    void shouldMakeAPrivateKeyForItsOwnerOnlyAndAddItsPublicHalfToTheSet() throws Exception {
        // when
        int exit = make("new", "fleet-1");

        // then
        assertThat(exit).as(err.toString(StandardCharsets.UTF_8)).isEqualTo(ExitCodes.OK);
        Path file = directory.resolve("fleet-1.jwk");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        PublicJsonWebKey key = PublicJsonWebKey.Factory.newPublicJwk(Files.readString(file));
        assertThat(key.getPrivateKey()).isNotNull();
        assertThat(key.getAlgorithm()).isEqualTo("ES256");
        assertThat(accepted()).containsExactly("fleet-1");
        assertThat(Files.readString(set)).doesNotContain("\"d\"");
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("fleet-1", key.calculateBase64urlEncodedThumbprint("SHA-256"));
    }

    @Test
    void shouldSignRequestsWithTheKeyThatTheEnvironmentNames() {
        // given
        Path absent = directory.resolve("absent.jwk");

        // when
        int exit = run(
                Map.of("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1", "NODEJOIN_SIGNING_KEY", absent.toString()),
                "leave",
                "fra-1/w1",
                "--yes");

        // then
        assertThat(exit).isEqualTo(ExitCodes.USAGE);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("cannot sign with the key in " + absent);
    }

    @Test
    void shouldOverwriteNeitherAKeyOfTheSetNorAFile() throws Exception {
        // given
        make("new", "fleet-1");
        String before = Files.readString(set);
        Files.writeString(directory.resolve("fleet-2.jwk"), "somebody's");

        // when
        int sameId = make("new", "fleet-1");
        int sameFile = make("new", "fleet-2");

        // then
        assertThat(sameId).isEqualTo(ExitCodes.USAGE);
        assertThat(sameFile).isEqualTo(ExitCodes.USAGE);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("has a key fleet-1 already", "fleet-2.jwk is there already");
        assertThat(set).hasContent(before);
        assertThat(directory.resolve("fleet-2.jwk")).hasContent("somebody's");
    }

    @Test
    void shouldKeepTheKeyBeforeTheNewOneWhenItRotates() throws Exception {
        // given
        make("new", "fleet-1");
        make("rotate", "fleet-2");

        // when
        int unasked = make("rotate", "fleet-3");
        int rotated = make("rotate", "fleet-3", "--yes");

        // then
        assertThat(unasked).isEqualTo(ExitCodes.USAGE);
        assertThat(rotated).isEqualTo(ExitCodes.OK);
        assertThat(accepted()).containsExactly("fleet-2", "fleet-3");
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("removed      fleet-1");
    }

    @Test
    void shouldLimitAKeyToKindsAndPoolsAndRotateItAmongItsLikes() throws Exception {
        // given
        String[] limits = {"--kind", "join", "--kind", "cancel", "--pool", "batch"};
        make("new", "fleet-1");
        make("new", "batch-1", limits);
        make("rotate", "batch-2", limits);

        // when
        int rotated = make("rotate", "batch-3", "--yes", "--kind", "cancel", "--kind", "join", "--pool", "batch");
        int mistyped = make("new", "fleet-9", "--kind", "leaves");

        // then
        assertThat(rotated).as(err.toString(StandardCharsets.UTF_8)).isEqualTo(ExitCodes.OK);
        assertThat(mistyped).isEqualTo(ExitCodes.USAGE);
        assertThat(accepted()).containsExactly("fleet-1", "batch-2", "batch-3");
        assertThat(KeyScope.of(new JsonWebKeySet(Files.readString(set))
                        .getJsonWebKeys()
                        .getLast()))
                .isEqualTo(
                        new KeyScope(Set.of(KeyScope.Kind.JOIN, KeyScope.Kind.CANCEL), Set.of(new PoolName("batch"))));
        out.reset();
        keys("keys", "list", "--keys", set.toString());
        assertThat(out.toString(StandardCharsets.UTF_8))
                .containsPattern("fleet-1 +ES256 +P-256 +any +any ")
                .containsPattern("batch-2 +ES256 +P-256 +join,cancel +batch ");
    }

    @Test
    void shouldListTheKeysAndSayWhatIsNoSet() throws IOException {
        // given
        make("new", "fleet-1");
        out.reset();
        Path other = Files.writeString(directory.resolve("other"), "[]");

        // when
        int listed = keys("keys", "list", "--keys", set.toString());
        int none = keys("keys", "list", "--keys", other.toString());
        int missing =
                keys("keys", "list", "--keys", directory.resolve("nowhere").toString());

        // then
        assertThat(listed).isEqualTo(ExitCodes.OK);
        assertThat(out.toString(StandardCharsets.UTF_8).lines())
                .hasSize(2)
                .anyMatch(line -> line.matches("fleet-1 +ES256 +P-256 +any +any +\\S{43}"));
        assertThat(none).isEqualTo(ExitCodes.USAGE);
        assertThat(missing).isEqualTo(ExitCodes.USAGE);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("is no JWK set", "cannot read the key set");
    }
}
