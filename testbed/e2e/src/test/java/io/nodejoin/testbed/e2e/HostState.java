package io.nodejoin.testbed.e2e;

import io.nodejoin.testbed.host.Host;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;

/**
 * All of a booted host that a join changes: every path in the directories of settings and of the kubelet with mode, owner
 * and content, units, kernel settings, rules, links, swap. Not the chains of a kubelet, which it makes wherever it has run
 * and leaves.
 */
record HostState(TreeMap<String, String> lines) {
    private static final String READ_SCRIPT = """
            find /etc /usr/lib/systemd/system /var/lib/kubelet -xdev \\
              -printf 'path %p\\t%y %m %u %g %l\\n' 2>/dev/null
            find /etc /var/lib/kubelet -xdev -type f -exec sha256sum {} + 2>/dev/null \\
              | sed 's/^\\([0-9a-f]*\\)  \\(.*\\)$/content \\2\\t\\1/'
            systemctl list-unit-files --no-legend --no-pager | awk '{print "unit file " $1 "\\t" $2}'
            for unit in containerd docker kubelet; do
              echo "unit $unit\t$(systemctl show -p LoadState,ActiveState,UnitFileState,DropInPaths $unit.service | tr '\\n' ' ')"
            done
            sysctl -a --pattern '^net\\.(ipv4\\.(ip_forward|conf\\.(all|default))|bridge)' 2>/dev/null \\
              | sed 's/ = /\\t/; s/^/setting /'
            for table in nat filter mangle; do
              iptables -t $table -S | grep -v KUBE- | awk -v t=$table '{print "rule " t " " $0 "\\tthere"}'
            done
            for link in /sys/class/net/*; do echo "link ${link##*/}\tthere"; done
            tail -n +2 /proc/swaps | awk '{print "swap " $1 "\\ton"}'
            """;

    static HostState read(Host host) {
        TreeMap<String, String> lines = new TreeMap<>();
        host.run("sh", "-c", READ_SCRIPT)
                .orFail()
                .output()
                .lines()
                .map(line -> line.split("\t", 2))
                .forEach(parts -> lines.put(parts[0], parts.length == 2 ? parts[1] : ""));
        return new HostState(lines);
    }

    /** What is not as it was, a line each. */
    List<String> differencesFrom(HostState before) {
        TreeMap<String, String> all = new TreeMap<>(before.lines);
        all.putAll(lines);
        return all.keySet().stream()
                .filter(name -> !Objects.equals(before.lines.get(name), lines.get(name)))
                .map(name -> name + ": '" + lines.get(name) + "' and not '" + before.lines.get(name) + "'")
                .toList();
    }
}
