package io.nodejoin.agentpackage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/** The classes of Nodejoin itself, all of which an agent may need. */
final class NodejoinClasses {
    private static final String CLASS = ".class";

    private NodejoinClasses() {}

    /** Their names, as the list of an archive has them, of all of Nodejoin's jars in this directory. */
    static List<String> list(Path jars) throws IOException {
        List<String> own = new ArrayList<>();
        try (Stream<Path> files = Files.list(jars)) {
            for (Path jar : files.filter(file -> file.getFileName().toString().startsWith("nodejoin-"))
                    .sorted()
                    .toList()) {
                own.addAll(listJar(jar));
            }
        }
        return own;
    }

    private static List<String> listJar(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            return file.stream()
                    .map(JarEntry::getName)
                    .filter(name -> name.endsWith(CLASS) && !name.contains("-info"))
                    .map(name -> name.substring(0, name.length() - CLASS.length()))
                    .sorted()
                    .toList();
        }
    }
}
