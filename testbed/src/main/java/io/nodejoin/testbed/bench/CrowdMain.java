package io.nodejoin.testbed.bench;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nodejoin.agent.discovery.Pem;
import io.nodejoin.agent.discovery.Tls;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

/**
 * Many anonymous readers of cluster-info, as a process of its own so that it can be given less of the processors. Arguments:
 * API server, file of its CA, reads a second, seconds. Prints what came of them as JSON.
 */
public final class CrowdMain {
    private static final String CLUSTER_INFO = "/api/v1/namespaces/kube-public/configmaps/cluster-info";
    private static final int CONNECTIONS = 8;
    private static final int MOST_IN_FLIGHT = 1000;
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int OK = 200;
    private static final int REJECTED = 429;

    private final List<HttpClient> clients;
    private final HttpRequest request;
    private final Semaphore places = new Semaphore(MOST_IN_FLIGHT);
    private final LongAdder answered = new LongAdder();
    private final LongAdder rejected = new LongAdder();
    private final LongAdder failed = new LongAdder();

    private CrowdMain(URI apiServer, SSLContext trust) {
        clients = Stream.generate(() -> HttpClient.newBuilder()
                        .sslContext(trust)
                        .version(HttpClient.Version.HTTP_2)
                        .build())
                .limit(CONNECTIONS)
                .toList();
        request = HttpRequest.newBuilder(apiServer.resolve(CLUSTER_INFO))
                .timeout(TIMEOUT)
                .build();
    }

    /** What came of the reads. {@code late} ones were due while as many as possible were under way, and were left out. */
    record Crowd(long answered, long rejected, long failed, long late, double perSecond) {}

    public static void main(String[] arguments) throws IOException, CertificateException {
        var authorities = Pem.certificates(Files.readString(Path.of(arguments[1])));
        Crowd crowd = new CrowdMain(URI.create(arguments[0]), Tls.trusting(authorities))
                .read(Integer.parseInt(arguments[2]), Duration.ofSeconds(Integer.parseInt(arguments[3])));
        System.out.println(new JsonMapper().writeValueAsString(crowd));
        System.exit(0);
    }

    /** Each read has its moment, whatever became of those before it. */
    private Crowd read(int perSecond, Duration length) {
        long begin = System.nanoTime();
        long reads = perSecond * length.toSeconds();
        long late = 0;
        CompletableFuture<Void> last = CompletableFuture.completedFuture(null);
        for (long i = 0; i < reads; i++) {
            long due = begin + Duration.ofSeconds(1).toNanos() * i / perSecond;
            while (System.nanoTime() < due) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            if (places.tryAcquire()) {
                last = send(clients.get((int) (i % CONNECTIONS)));
            } else {
                late++;
            }
        }
        last.join();
        places.acquireUninterruptibly(MOST_IN_FLIGHT);
        double seconds = (System.nanoTime() - begin) / 1e9;
        return new Crowd(
                answered.sum(),
                rejected.sum(),
                failed.sum(),
                late,
                (answered.sum() + rejected.sum() + failed.sum()) / seconds);
    }

    private CompletableFuture<Void> send(HttpClient client) {
        return client.sendAsync(request, HttpResponse.BodyHandlers.discarding()).handle((response, failure) -> {
            outcome(failure == null ? response.statusCode() : 0).increment();
            places.release();
            return null;
        });
    }

    private LongAdder outcome(int status) {
        if (status == OK) {
            return answered;
        }
        return status == REJECTED ? rejected : failed;
    }
}
