package io.nodejoin.agent.tpm;

import io.nodejoin.agent.host.CommandRunner;
import io.nodejoin.agent.host.HostException;
import io.nodejoin.agent.host.HostFiles;
import io.nodejoin.protocol.ErrorCode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * A TPM by the programs of tpm2-tools. After each of them the TPM is emptied of transient objects, so that one without a
 * resource manager works as well; with one ({@code /dev/tpmrm0}) only objects of the same connection are affected.
 */
public final class Tpm2Tools implements Tpm {
    private static final String DIRECTORY = "/tpm";
    private static final int OWNER_ONLY_DIRECTORY = 0700;
    private static final int OWNER_ONLY = 0600;
    /** Some discrete TPMs take ten seconds and more for an RSA key. */
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    /** The file format of tpm2_activatecredential: magic number and version, then both structures. */
    private static final int CREDENTIAL_MAGIC = 0xBADC_C0DE;

    private static final int CREDENTIAL_VERSION = 1;

    private final CommandRunner commands;
    private final HostFiles state;
    private final Path stateDirectory;
    private final String tcti;

    /**
     * @param state the files in the state directory
     * @param tcti how to reach the TPM, such as {@code device:/dev/tpmrm0}
     */
    public Tpm2Tools(CommandRunner commands, HostFiles state, Path stateDirectory, String tcti) {
        this.commands = commands;
        this.state = state;
        this.stateDirectory = stateDirectory;
        this.tcti = tcti;
    }

    @Override
    public Keys createKeys() {
        state.deleteTree(DIRECTORY);
        state.createDirectory(DIRECTORY, OWNER_ONLY_DIRECTORY);
        run("tpm2_createek", "-G", "rsa", "-c", path("ek.ctx"), "-u", path("ek.pem"), "-f", "pem");
        flush();
        run(
                "tpm2_createak",
                "-C",
                path("ek.ctx"),
                "-c",
                path("ak.ctx"),
                "-G",
                "ecc",
                "-g",
                "sha256",
                "-s",
                "ecdsa",
                "-n",
                path("ak.name"));
        flush();
        String pem = new String(read("ek.pem"), StandardCharsets.US_ASCII);
        return new Keys(
                pem.replaceAll("-----[^-]+-----|\\s", ""), HexFormat.of().formatHex(read("ak.name")));
    }

    @Override
    public byte[] activateCredential(byte[] credentialBlob, byte[] encryptedSecret) {
        state.write(
                DIRECTORY + "/credential",
                ByteBuffer.allocate(2 * Integer.BYTES + credentialBlob.length + encryptedSecret.length)
                        .putInt(CREDENTIAL_MAGIC)
                        .putInt(CREDENTIAL_VERSION)
                        .put(credentialBlob)
                        .put(encryptedSecret)
                        .array(),
                OWNER_ONLY);
        run("tpm2_startauthsession", "--policy-session", "-S", path("session.ctx"));
        try {
            run("tpm2_policysecret", "-S", path("session.ctx"), "-c", "e");
            run(
                    "tpm2_activatecredential",
                    "-c",
                    path("ak.ctx"),
                    "-C",
                    path("ek.ctx"),
                    "-i",
                    path("credential"),
                    "-o",
                    path("secret"),
                    "-P",
                    "session:" + path("session.ctx"));
            return read("secret");
        } finally {
            // What fails here has failed above, or concerns the next use only.
            tryRun("tpm2_flushcontext", path("session.ctx"));
            tryRun("tpm2_flushcontext", "-t");
            state.deleteTree(DIRECTORY);
        }
    }

    private void flush() {
        run("tpm2_flushcontext", "-t");
    }

    private void run(String program, String... arguments) {
        commands.runOrFail(commandLine(program, arguments), TIMEOUT, ErrorCode.TPM_UNAVAILABLE);
    }

    private void tryRun(String program, String... arguments) {
        var _ = commands.run(commandLine(program, arguments), TIMEOUT);
    }

    private List<String> commandLine(String program, String... arguments) {
        List<String> line = new ArrayList<>(List.of(program, "-T", tcti));
        line.addAll(List.of(arguments));
        return line;
    }

    private byte[] read(String file) {
        return state.read(DIRECTORY + "/" + file)
                .orElseThrow(() -> new HostException(
                        ErrorCode.TPM_UNAVAILABLE, "the programs of tpm2-tools have not written " + path(file)));
    }

    private String path(String file) {
        return stateDirectory + DIRECTORY + "/" + file;
    }
}
