package io.nodejoin.agent;

import io.nodejoin.agent.host.HostFiles;
import io.nodejoin.agent.host.RootedHostFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** The directory with the agent's persistent files. */
record StateDirectory(Path path) {
    /** Returns its files; creates the directory, accessible to its owner only, if it is missing. */
    HostFiles files() {
        try {
            if (!Files.isDirectory(path)) {
                Files.createDirectories(
                        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            return new RootedHostFiles(path);
        } catch (IOException e) {
            throw new UncheckedIOException("stateDirectory " + path + " cannot be created", e);
        }
    }
}
