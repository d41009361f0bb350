package io.nodejoin.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.Base64;
import java.util.Map;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.OctetSequenceJsonWebKey;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PayloadKeyCommandsTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    private Path directory;

    private Path file = Path.of("");

    @BeforeEach
    void nameTheFile() {
        file = directory.resolve("payload-keys.jwks");
    }

    private int payloadKeys(String command, String... more) {
        out.reset();
        Terminal terminal = new Terminal(print(out), print(err), false);
        String[] words = new String[more.length + 4];
        words[0] = "payload-keys";
        words[1] = command;
        System.arraycopy(more, 0, words, 2, more.length);
        words[words.length - 2] = "--keys";
        words[words.length - 1] = file.toString();
        return Main.commandLine(terminal, Map.of(), Clock.systemUTC()).execute(words);
    }

    private static PrintStream print(ByteArrayOutputStream to) {
        return new PrintStream(to, true, StandardCharsets.UTF_8);
    }

    private String said() {
        return out.toString(StandardCharsets.UTF_8) + err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void shouldMakeAKeyOf256BitsThatOnlyItsOwnerCanReadAndNobodySees() throws Exception {
        // when
        int exit = payloadKeys("new", "first");

        // then
        assertThat(exit).as(said()).isEqualTo(ExitCodes.OK);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        OctetSequenceJsonWebKey key = (OctetSequenceJsonWebKey)
                new JsonWebKeySet(Files.readString(file)).getJsonWebKeys().getFirst();
        assertThat(key.getOctetSequence()).hasSize(32);
        assertThat(said())
                .contains("first", "encrypts")
                .doesNotContain(Base64.getUrlEncoder().withoutPadding().encodeToString(key.getOctetSequence()));
    }

    @Test
    void shouldLetANewKeyDecryptFirstAndEncryptOnceItIsToldTo() {
        // given
        payloadKeys("new", "first");
        payloadKeys("new", "second");
        payloadKeys("list", "-o", "json");
        String before = out.toString(StandardCharsets.UTF_8);

        // when
        int exit = payloadKeys("use", "second");

        // then
        assertThat(exit).as(said()).isEqualTo(ExitCodes.OK);
        assertThat(before).containsSubsequence("first", "encrypts", "second", "decrypts");
        payloadKeys("list", "-o", "name");
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("second\nfirst\n");
    }

    @Test
    void shouldRemoveAKeyThatDecryptsOnlyAndNeverTheOneThatEncrypts() {
        // given
        payloadKeys("new", "first");
        payloadKeys("new", "second");

        // when
        int ofTheFirst = payloadKeys("remove", "first", "--yes");
        int withoutAnAnswer = payloadKeys("remove", "second");
        int ofTheSecond = payloadKeys("remove", "second", "--yes");

        // then
        assertThat(ofTheFirst).isEqualTo(ExitCodes.USAGE);
        assertThat(withoutAnAnswer).isEqualTo(ExitCodes.USAGE);
        assertThat(ofTheSecond).isEqualTo(ExitCodes.OK);
        payloadKeys("list", "-o", "name");
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("first\n");
    }

    @Test
    void shouldSayWhatIsWrongWithAKeyOrItsFile() {
        // given
        int missing = payloadKeys("list");
        payloadKeys("new", "first");

        // when
        int twice = payloadKeys("new", "first");
        int unknown = payloadKeys("use", "second");

        // then
        assertThat(missing).isEqualTo(ExitCodes.USAGE);
        assertThat(twice).isEqualTo(ExitCodes.USAGE);
        assertThat(unknown).isEqualTo(ExitCodes.USAGE);
        assertThat(said())
                .contains(
                        "cannot read the key set " + file,
                        file + " has a key first already",
                        file + " has no key second");
    }
}
