package io.nodejoin.activities.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.client.Config;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;

/** When the credential of a kubeconfig file ends. */
public final class KubeconfigExpiry {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private KubeconfigExpiry() {}

    /**
     * Returns the end of the token or client certificate of the file's current context; empty if it has neither, or the file
     * cannot be read.
     */
    public static Optional<Instant> read(Path file) {
        try {
            return of(Kubeconfig.read(file));
        } catch (IOException | RuntimeException _) { // the client throws unchecked exceptions of many kinds
            return Optional.empty();
        }
    }

    private static Optional<Instant> of(Config config) throws IOException {
        String token = config.getAutoOAuthToken() == null ? config.getOauthToken() : config.getAutoOAuthToken();
        if (token != null) {
            return endOfToken(token);
        }
        String certificate = config.getClientCertData();
        return certificate == null
                ? Optional.empty()
                : endOfCertificate(Base64.getMimeDecoder().decode(certificate));
    }

    private static Optional<Instant> endOfToken(String token) throws JsonProcessingException {
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3) {
            return Optional.empty();
        }
        JsonNode claims = JSON.readTree(new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8));
        return claims.path("exp").isNumber()
                ? Optional.of(Instant.ofEpochSecond(claims.path("exp").longValue()))
                : Optional.empty();
    }

    private static Optional<Instant> endOfCertificate(byte[] pem) {
        try {
            X509Certificate first = (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(pem));
            return Optional.of(first.getNotAfter().toInstant());
        } catch (CertificateException _) {
            return Optional.empty();
        }
    }
}
