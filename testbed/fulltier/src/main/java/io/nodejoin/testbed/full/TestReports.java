package io.nodejoin.testbed.full;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** The XML reports of Maven's test plugins. */
final class TestReports {
    private static final Set<String> PARENTS = Set.of("surefire-reports", "failsafe-reports");
    private static final Set<String> PASSED_BY = Set.of("src", ".git", "lib", "classes", "test-classes");

    private TestReports() {}

    /** Counts the tests of all reports below these directories that were written at this time or later. */
    static TestCounts since(FileTime begin, List<Path> directories) {
        return directories.stream()
                .filter(Files::isDirectory)
                .flatMap(directory -> reports(directory, begin).stream())
                .map(TestReports::read)
                .reduce(TestCounts.NONE, TestCounts::plus);
    }

    private static List<Path> reports(Path directory, FileTime begin) {
        List<Path> found = new ArrayList<>();
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path visited, BasicFileAttributes attributes) {
                    return PASSED_BY.contains(visited.getFileName().toString())
                            ? FileVisitResult.SKIP_SUBTREE
                            : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (isReport(file) && attributes.lastModifiedTime().compareTo(begin) >= 0) {
                        found.add(file);
                    }
                    return FileVisitResult.CONTINUE;
                }

                // Something beside the tests may be taken down at this moment.
                @Override
                public FileVisitResult visitFileFailed(Path file, IOException gone) {
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look for reports in " + directory, e);
        }
        return found;
    }

    private static boolean isReport(Path file) {
        String name = file.getFileName().toString();
        Path parent = file.getParent();
        return name.startsWith("TEST-")
                && name.endsWith(".xml")
                && parent != null
                && PARENTS.contains(parent.getFileName().toString());
    }

    /** Counts by the attributes of the one suite that a report has. */
    static TestCounts read(Path report) {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        try (InputStream stream = Files.newInputStream(report)) {
            XMLStreamReader reader = factory.createXMLStreamReader(stream);
            while (reader.hasNext()) {
                if (reader.next() == XMLStreamReader.START_ELEMENT) {
                    int skipped = number(reader, "skipped");
                    return new TestCounts(
                            number(reader, "tests") - skipped,
                            number(reader, "errors") + number(reader, "failures"),
                            skipped);
                }
            }
            return TestCounts.NONE;
        } catch (IOException | XMLStreamException e) {
            throw new IllegalStateException("cannot read " + report, e);
        }
    }

    private static int number(XMLStreamReader reader, String attribute) {
        return Integer.parseInt(reader.getAttributeValue(null, attribute));
    }

    /**
     * How the tests of a part went.
     *
     * @param run to their end, well or badly
     */
    record TestCounts(int run, int failed, int skipped) {
        static final TestCounts NONE = new TestCounts(0, 0, 0);

        TestCounts plus(TestCounts other) {
            return new TestCounts(run + other.run, failed + other.failed, skipped + other.skipped);
        }
    }
}
