package io.nodejoin.testbed.demo;

import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.process.Command;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.KafkaProducer;

/** The versions of a bed's components, as they report them. */
public final class ComponentVersions {
    private static final Pattern KUBERNETES = Pattern.compile("\"gitVersion\":\\s*\"([^\"]+)\"");
    private static final Pattern TEMPORAL = Pattern.compile("Server ([\\d.]+)");
    private static final Pattern NODEJOIN = Pattern.compile("(\\d+\\.\\d+\\.\\d+\\S*)");

    private ComponentVersions() {}

    static Map<String, String> query(TestBed bed) {
        Map<String, String> versions = new TreeMap<>();
        versions.put("kubernetes", kubernetes(bed));
        versions.put("temporal", findVersion(TEMPORAL, bed.temporal().cli("--version")));
        versions.put("kafka", kafka());
        versions.put("java", Runtime.version().toString());
        versions.put("nodejoin", findVersion(NODEJOIN, bed.service().cli("version")));
        return versions;
    }

    /** The broker's jars and the client's are of one version, by this build. */
    private static String kafka() {
        try (InputStream text = KafkaProducer.class.getResourceAsStream("/kafka/kafka-version.properties")) {
            Properties properties = new Properties();
            if (text != null) {
                properties.load(text);
            }
            return properties.getProperty("version", "unknown");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the version of Kafka", e);
        }
    }

    /** The API server's version, such as v1.37.2, or "unknown". */
    public static String kubernetes(TestBed bed) {
        return findVersion(KUBERNETES, bed.controlPlane().kubectl("get", "--raw", "/version"));
    }

    private static String findVersion(Pattern pattern, Command command) {
        Matcher matcher = pattern.matcher(command.run().output());
        return matcher.find() ? matcher.group(1) : "unknown";
    }
}
