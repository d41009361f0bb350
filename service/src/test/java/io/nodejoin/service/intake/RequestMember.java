package io.nodejoin.service.intake;

import static io.nodejoin.protocol.hostile.Mutator.quoteJson;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.nodejoin.protocol.event.JoinRequested;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Each text of a join request: where it stands, which texts are right by rules written anew here, and where it ends up. */
enum RequestMember {
    CLUSTER("/cluster", "[-a-z0-9]", 63),
    NODE_NAME("/nodeName", "[-a-z0-9.]", 253),
    ENROLLMENT("/enrollment", "[0-9a-f]", 64),
    FIRST_ADDRESS("/addresses/0", "[0-9a-fA-F:.]", 45),
    LATER_ADDRESS("/addresses/1", "[0-9a-fA-F:.]", 45),
    LABEL_KEY("/labels", "[-A-Za-z0-9_./]", 317),
    LABEL_VALUE("/labels/a", "[-A-Za-z0-9_.]", 63),
    TAINT_KEY("/taints/0/key", "[-A-Za-z0-9_./]", 317),
    TAINT_VALUE("/taints/0/value", "[-A-Za-z0-9_.]", 63),
    TAINT_EFFECT("/taints/0/effect", "[A-Za-z]", 99),
    PROVIDER_ID("/providerId", "[-A-Za-z0-9+._~:/@%=]", 512),
    HOST_PROFILE("/hostProfile", "[a-z]", 99),
    READY_GATE("/readyGates/0", "[-A-Za-z0-9_./]", 327),
    DEADLINE("/deadline", "[-0-9TtZz:.+]", 40),
    POD_CIDR("/podCidr", "[0-9a-fA-F.:/]", 49);

    private static final int LONGEST_NAME = 1_024;
    private static final String DIGEST = "0123456789abcdef".repeat(4);

    private final String pointer;
    private final String alphabet;
    private final int longest;

    RequestMember(String pointer, String alphabet, int longest) {
        this.pointer = pointer;
        this.alphabet = alphabet;
        this.longest = longest;
    }

    /** A request that is good but for this text. */
    String request(String text) {
        String quoted = quoteJson(text);
        String name = this == NODE_NAME ? quoted : "\"n1\"";
        String cluster = this == CLUSTER ? quoted : "\"west\"";
        String enrollment = this == ENROLLMENT ? quoted : quoteJson(DIGEST);
        String more = switch (this) {
            case CLUSTER, NODE_NAME, ENROLLMENT -> "";
            case FIRST_ADDRESS -> ",\"addresses\":[" + quoted + ",\"192.0.2.77\"]";
            case LATER_ADDRESS -> ",\"addresses\":[\"192.0.2.77\"," + quoted + "]";
            case LABEL_KEY -> ",\"labels\":{" + quoted + ":\"v\"}";
            case LABEL_VALUE -> ",\"labels\":{\"a\":" + quoted + "}";
            case TAINT_KEY -> ",\"taints\":[{\"key\":" + quoted + ",\"effect\":\"NoSchedule\"}]";
            case TAINT_VALUE -> ",\"taints\":[{\"key\":\"k\",\"value\":" + quoted + ",\"effect\":\"NoSchedule\"}]";
            case TAINT_EFFECT -> ",\"taints\":[{\"key\":\"k\",\"effect\":" + quoted + "}]";
            case PROVIDER_ID -> ",\"providerId\":" + quoted;
            case HOST_PROFILE -> ",\"hostProfile\":" + quoted;
            case READY_GATE -> ",\"readyGates\":[" + quoted + "]";
            case DEADLINE -> ",\"deadline\":" + quoted;
            case POD_CIDR -> ",\"podCidr\":" + quoted;
        };
        return "{\"cluster\":%s,\"nodeName\":%s,\"enrollment\":%s%s}".formatted(cluster, name, enrollment, more);
    }

    /** Whether the text is one that the member may have. */
    boolean isRight(String text) {
        return switch (this) {
            case CLUSTER -> Grammars.isLabel(text);
            case NODE_NAME -> Grammars.isSubdomain(text);
            case ENROLLMENT -> Grammars.isDigest(text);
            case FIRST_ADDRESS, LATER_ADDRESS -> Grammars.isAddress(text);
            case LABEL_KEY, TAINT_KEY -> Grammars.isQualifiedName(text);
            case READY_GATE -> Grammars.isQualifiedName(text) || Grammars.isDaemonSet(text);
            case LABEL_VALUE, TAINT_VALUE -> Grammars.isLabelValue(text);
            case TAINT_EFFECT -> Grammars.isEffect(text);
            case PROVIDER_ID -> Grammars.isProviderId(text);
            case HOST_PROFILE -> text.equals("containerd") || text.equals("docker");
            case DEADLINE -> Grammars.isInstant(text);
            case POD_CIDR -> Grammars.isRange(text);
        };
    }

    /** Whether the text is right, but its key is not for requests to choose. */
    boolean isClosed(String text) {
        return switch (this) {
            case LABEL_KEY -> Grammars.isClosedLabel(text);
            case TAINT_KEY ->
                Grammars.isClosedLabel(text) && !text.equals("node.cloudprovider.kubernetes.io/uninitialized");
            default -> false;
        };
    }

    /** Where a rejection points to: names that are no plain text are not repeated, and others are not even read. */
    @Nullable String pointerFor(String text) {
        boolean readable = text.length() <= LONGEST_NAME && UTF_8.newEncoder().canEncode(text);
        if (this == LABEL_KEY && !readable) {
            return null;
        }
        return this == LABEL_KEY && text.matches("[ -~]{1,256}")
                ? pointer + "/" + text.replace("~", "~0").replace("/", "~1")
                : pointer;
    }

    /** What the request asks for, as the rest of Nodejoin sees it. */
    @Nullable String taken(JoinRequested wanted) {
        return switch (this) {
            case CLUSTER -> wanted.cluster().value();
            case NODE_NAME -> wanted.nodeName().value();
            case ENROLLMENT -> wanted.enrollment();
            case FIRST_ADDRESS -> wanted.addresses().getFirst();
            case LATER_ADDRESS -> wanted.addresses().getLast();
            case LABEL_KEY -> wanted.labels().keySet().iterator().next();
            case LABEL_VALUE -> wanted.labels().get("a");
            case TAINT_KEY -> wanted.taints().getFirst().key();
            case TAINT_VALUE -> wanted.taints().getFirst().value();
            case TAINT_EFFECT -> wanted.taints().getFirst().effect().name();
            case PROVIDER_ID -> wanted.providerId();
            case HOST_PROFILE -> wanted.hostProfile().name().toLowerCase(Locale.ROOT);
            case READY_GATE -> wanted.readyGates().getFirst();
            case DEADLINE -> null;
            case POD_CIDR -> wanted.podCidr();
        };
    }

    /** The first character that the member can never have; -1 if there is none, or the text is too long anyway. */
    int firstForeign(String text) {
        if (text.codePointCount(0, text.length()) > longest || pointerFor(text) == null) {
            return -1;
        }
        for (int i = 0; i < text.length(); i++) {
            if (!String.valueOf(text.charAt(i)).matches(alphabet)) {
                return i;
            }
        }
        return -1;
    }
}
