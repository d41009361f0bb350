package io.nodejoin.testbed.bench;

import io.nodejoin.testbed.bench.Journal.Line;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the kubelet's log tells of its way to a Ready node. */
final class KubeletLog {
    private static final Pattern STEP =
            Pattern.compile("Effective KubeletConfiguration|Kubelet version|Client rotation is on|Loading cert/key pair"
                    + "|bootstrap kubeconfig|certificate signing request|Certificate rotation|Rotating certificates"
                    + "|Attempting to sync node|Container runtime initialized|Started kubelet|Starting to listen"
                    + "|Starting kubelet main sync loop|Failed to initialize CSINode|Attempting to register node"
                    + "|Unable to register node|Successfully registered node|Updating Pod CIDR"
                    + "|Fast updating node status|Watching apiserver");
    /** Severity with month and day, hours and minutes, seconds, process, source, message. */
    private static final Pattern KLOG =
            Pattern.compile("[IWEF]\\d{4} \\d\\d:\\d\\d:(\\d\\d)\\.(\\d{6})\\s+\\d+ \\S+] (.*)", Pattern.DOTALL);

    private static final Pattern OF_SYSTEMD = Pattern.compile("(Starting|Started) kubelet\\.service.*");

    private KubeletLog() {}

    /** The lines that tell a step, each at the time that the kubelet has written into it. */
    static List<Line> steps(List<Line> journal) {
        return journal.stream().flatMap(line -> step(line).stream()).toList();
    }

    private static Optional<Line> step(Line line) {
        Matcher klog = KLOG.matcher(line.message());
        if (klog.matches() && STEP.matcher(klog.group(3)).find()) {
            return Optional.of(new Line(time(line.time(), klog), klog.group(3)));
        }
        return OF_SYSTEMD.matcher(line.message()).matches() ? Optional.of(line) : Optional.empty();
    }

    /** The journal takes lines in bundles, so that its own time is a bit late. Of the kubelet's, the zone is unknown. */
    private static Instant time(Instant received, Matcher klog) {
        Instant written = received.truncatedTo(ChronoUnit.MINUTES)
                .plusSeconds(Long.parseLong(klog.group(1)))
                .plus(Long.parseLong(klog.group(2)), ChronoUnit.MICROS);
        return written.isAfter(received) ? written.minus(Duration.ofMinutes(1)) : written;
    }
}
