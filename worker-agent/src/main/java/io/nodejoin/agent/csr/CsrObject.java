package io.nodejoin.agent.csr;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nodejoin.agent.discovery.Pem;
import io.nodejoin.agent.host.HostException;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.NodeName;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The CertificateSigningRequest that a kubelet would create for its first client certificate, with a lifetime. */
public final class CsrObject {
    private static final JsonMapper JSON = new JsonMapper();

    private final KeyPair key;
    private final CertificationRequest request;
    private final ObjectNode spec;

    /**
     * Creates and signs the request.
     *
     * @param expirationSeconds the requested lifetime; null requests the cluster's default
     */
    public CsrObject(NodeName node, KeyPair key, @Nullable Integer expirationSeconds) {
        this.key = key;
        this.request = CertificationRequest.sign(node, key);
        this.spec = JSON.createObjectNode()
                .put("request", base64(request.pem()))
                .put("signerName", "kubernetes.io/kube-apiserver-client-kubelet");
        spec.putArray("usages").add("digital signature").add("client auth");
        if (expirationSeconds != null) {
            spec.put("expirationSeconds", expirationSeconds);
        }
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    }

    PublicKey publicKey() {
        return key.getPublic();
    }

    /** Returns the object with this name, in JSON. */
    public String json(String name) {
        ObjectNode object = JSON.createObjectNode()
                .put("apiVersion", "certificates.k8s.io/v1")
                .put("kind", "CertificateSigningRequest");
        object.putObject("metadata").put("name", name);
        object.set("spec", spec);
        return object.toString();
    }

    /** Returns whether a stored object asks for the same certificate: only its signature may differ. */
    boolean isSameAs(JsonNode stored) {
        JsonNode other = stored.path("spec");
        return Stream.of("signerName", "usages", "expirationSeconds")
                        .allMatch(field -> other.path(field).equals(spec.path(field)))
                && pemContent(other.path("request").asText())
                        .filter(request::isSameExceptSignature)
                        .isPresent();
    }

    private static Optional<byte[]> pemContent(String base64) {
        try {
            String pem = new String(Base64.getDecoder().decode(base64), StandardCharsets.US_ASCII);
            String body = pem.lines().filter(line -> !line.startsWith("-----")).reduce("", String::concat);
            return Optional.of(Base64.getMimeDecoder().decode(body));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * Returns the certificate chain in the status of a stored object; empty if none is issued.
     *
     * @throws HostException with {@code CERTIFICATE_NOT_ISSUED} if it is not for this object's key
     */
    Optional<List<X509Certificate>> issuedChain(JsonNode stored) {
        String certificate = stored.path("status").path("certificate").asText();
        if (certificate.isEmpty()) {
            return Optional.empty();
        }
        try {
            String pem = new String(Base64.getDecoder().decode(certificate), StandardCharsets.US_ASCII);
            List<X509Certificate> chain = Pem.parseCertificates(pem);
            if (!chain.getFirst().getPublicKey().equals(key.getPublic())) {
                throw unusable("has another key than the request");
            }
            return Optional.of(chain);
        } catch (CertificateException | IllegalArgumentException e) {
            throw unusable("cannot be parsed");
        }
    }

    private static HostException unusable(String why) {
        return new HostException(ErrorCode.CERTIFICATE_NOT_ISSUED, "the certificate in the CSR's status " + why);
    }
}
