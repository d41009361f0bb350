package io.nodejoin.activities.kubernetes.csr;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.nodejoin.activities.kubernetes.csr.ClientCsrPolicy.ClusterState;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** How long the rules take over one request, its parsing and its signature included. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ClientCsrPolicyBenchmark {
    private final ClusterState quiet = new ClusterState(Optional.empty(), List.of());
    private final CertificateSigningRequest ecdsa = honest("P-256");
    private final CertificateSigningRequest rsa = honest("RSA of 2048 bits");
    private final List<CertificateSigningRequest> hostile =
            HostileCase.all().map(HostileCase::request).toList();
    private int next;

    private static CertificateSigningRequest honest(String name) {
        return ValidCase.all()
                .filter(honest -> honest.name().equals(name))
                .findFirst()
                .orElseThrow()
                .request();
    }

    /** What a kubelet of today asks for. */
    @Benchmark
    public CsrDecision ecdsa() {
        return ClientCsrPolicy.evaluate(ecdsa, TestCsrs.ORDER, quiet);
    }

    /** The same with an RSA key. */
    @Benchmark
    public CsrDecision rsa() {
        return ClientCsrPolicy.evaluate(rsa, TestCsrs.ORDER, quiet);
    }

    /** Each request of the hostile corpus in turn. */
    @Benchmark
    public CsrDecision hostile() {
        next = (next + 1) % hostile.size();
        return ClientCsrPolicy.evaluate(hostile.get(next), TestCsrs.ORDER, quiet);
    }
}
