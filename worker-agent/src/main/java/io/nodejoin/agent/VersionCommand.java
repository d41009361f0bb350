package io.nodejoin.agent;

import io.nodejoin.agent.install.InstalledFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.zip.ZipInputStream;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/** Prints the version; with {@code --verify} it also verifies the installed files and runs a self-test. */
final class VersionCommand {
    static final String USAGE = "version [--verify]";

    private static final int FAILED = 1;

    private final @Nullable Path home;
    private final String classPath;
    private final Clock clock;
    private final PrintStream out;

    /**
     * Creates the command.
     *
     * @param home the installation directory of the package, if the agent was installed by one
     * @param classPath the jars and directories of this process
     */
    VersionCommand(@Nullable Path home, String classPath, Clock clock, PrintStream out) {
        this.home = home;
        this.classPath = classPath;
        this.clock = clock;
        this.out = out;
    }

    /**
     * Runs the command and returns the exit code: 1 if the installation is damaged.
     *
     * @throws IllegalArgumentException for an invalid option
     */
    int run(List<String> options) {
        if (!options.isEmpty() && !options.equals(List.of("--verify"))) {
            throw new IllegalArgumentException("version takes --verify and nothing else");
        }
        out.println(version());
        return options.isEmpty() || verify() ? 0 : FAILED;
    }

    /** Returns the version in the jar's manifest; {@code development} when run from classes. */
    static String version() {
        return Objects.requireNonNullElse(VersionCommand.class.getPackage().getImplementationVersion(), "development");
    }

    private boolean verify() {
        try {
            String whole = home == null ? verifyJars() + " jars" : new InstalledFiles(home).verify() + " files";
            new SelfTest(clock).run(List.of());
            out.println("verified: " + whole + " are whole, a sealed token can be opened on Java "
                    + Runtime.version().feature());
            return true;
        } catch (IOException | GeneralSecurityException | JoseException e) {
            out.println("damaged: " + e.getMessage() + "; reinstall the agent");
            return false;
        }
    }

    private int verifyJars() throws IOException {
        int jars = 0;
        for (Path entry : classPathEntries()) {
            if (!Files.isDirectory(entry)) {
                readFully(entry);
                jars++;
            }
        }
        return jars;
    }

    private List<Path> classPathEntries() {
        return Arrays.stream(classPath.split(":", -1))
                .filter(entry -> !entry.isEmpty())
                .map(Path::of)
                .toList();
    }

    /** Reading the stream verifies each entry's checksum. */
    private static void readFully(Path jar) throws IOException {
        try (InputStream file = Files.newInputStream(jar);
                ZipInputStream entries = new ZipInputStream(file)) {
            int count = 0;
            while (entries.getNextEntry() != null) {
                entries.transferTo(OutputStream.nullOutputStream());
                count++;
            }
            if (count == 0) {
                throw new IOException(jar + " is no jar");
            }
        } catch (IOException e) {
            throw new IOException(jar + ": " + e.getMessage(), e);
        }
    }
}
