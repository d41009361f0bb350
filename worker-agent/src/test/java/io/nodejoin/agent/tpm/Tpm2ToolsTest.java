package io.nodejoin.agent.tpm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.nodejoin.agent.host.CommandResult;
import io.nodejoin.agent.host.CommandRunner;
import io.nodejoin.agent.host.HostException;
import io.nodejoin.agent.host.RootedHostFiles;
import io.nodejoin.protocol.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the programs of tpm2-tools are called; the end-to-end tests call the real ones. */
class Tpm2ToolsTest {
    private static final String TCTI = "device:/dev/tpmrm0";

    @TempDir
    Path state;

    private final List<List<String>> commands = new ArrayList<>();
    private String broken = "";
    private Tpm2Tools tpm;

    @BeforeEach
    void tools() {
        tpm = new Tpm2Tools(new Tools(), new RootedHostFiles(state), state, TCTI);
    }

    @Test
    void shouldReturnThePublicPartsOfTheKeys() {
        // when
        Tpm.Keys keys = tpm.createKeys();

        // then
        assertThat(keys).isEqualTo(new Tpm.Keys("AQIDBA==", "000b0102"));
        assertThat(commands).allSatisfy(command -> assertThat(command).containsSequence("-T", TCTI));
    }

    @Test
    void shouldHandTheCredentialOverInTheFormatOfItsProgram() {
        // given
        tpm.createKeys();

        // when
        byte[] secret = tpm.activateCredential(new byte[] {1, 2}, new byte[] {3});

        // then
        assertThat(HexFormat.of().formatHex(secret)).isEqualTo("badcc0de00000001010203");
    }

    @Test
    void shouldLeaveNothingInTheTpmOrOnTheDisk() {
        // given
        tpm.createKeys();

        // when
        tpm.activateCredential(new byte[] {1}, new byte[] {2});

        // then
        assertThat(state.resolve("tpm")).doesNotExist();
        assertThat(commands.subList(commands.size() - 2, commands.size()))
                .containsExactly(
                        List.of("tpm2_flushcontext", "-T", TCTI, state + "/tpm/session.ctx"),
                        List.of("tpm2_flushcontext", "-T", TCTI, "-t"));
    }

    @Test
    void shouldKeepItsFilesFromOtherUsers() throws IOException {
        // when
        tpm.createKeys();

        // then
        assertThat(Files.getPosixFilePermissions(state.resolve("tpm")))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void shouldSayWhichProgramFails() {
        // given
        broken = "tpm2_createek";

        // when
        HostException failure = catchThrowableOfType(HostException.class, () -> tpm.createKeys());

        // then
        assertThat(failure.problem().code()).isEqualTo(ErrorCode.TPM_UNAVAILABLE);
        assertThat(failure.problem().detail()).contains("tpm2_createek", "no such device");
    }

    @Test
    void shouldRemoveItsFilesWhenTheTpmDoesNotDecrypt() {
        // given
        tpm.createKeys();
        broken = "tpm2_activatecredential";

        // when
        HostException failure =
                catchThrowableOfType(HostException.class, () -> tpm.activateCredential(new byte[] {1}, new byte[] {2}));

        // then
        assertThat(failure.problem().code()).isEqualTo(ErrorCode.TPM_UNAVAILABLE);
        assertThat(state.resolve("tpm")).doesNotExist();
    }

    /** Writes the files that the programs write; the credential is its own secret. */
    private final class Tools implements CommandRunner {
        @Override
        public CommandResult run(List<String> command, Duration timeout) {
            commands.add(command);
            String program = command.getFirst();
            if (program.equals(broken)) {
                return new CommandResult.Exited(1, "ERROR: no such device");
            }
            try {
                switch (program) {
                    case "tpm2_createek" ->
                        Files.writeString(
                                after(command, "-u"),
                                "-----BEGIN PUBLIC KEY-----\nAQID\nBA==\n-----END PUBLIC KEY-----\n");
                    case "tpm2_createak" -> Files.write(after(command, "-n"), new byte[] {0, 0x0b, 1, 2});
                    case "tpm2_activatecredential" -> Files.copy(after(command, "-i"), after(command, "-o"));
                    default -> {}
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return new CommandResult.Exited(0, "");
        }

        private static Path after(List<String> command, String option) {
            return Path.of(command.get(command.indexOf(option) + 1));
        }
    }
}
