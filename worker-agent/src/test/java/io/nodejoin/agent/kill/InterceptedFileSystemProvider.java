package io.nodejoin.agent.kill;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.spi.FileSystemProvider;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** The files of this machine, with word of each change before it is made. */
final class InterceptedFileSystemProvider extends FileSystemProvider {
    private final FileSystem plain;
    private final FileSystem watched;
    private final EffectListener effects;

    private InterceptedFileSystemProvider(FileSystem plain, EffectListener effects) {
        this.plain = plain;
        this.watched = new InterceptedFileSystem(this, plain);
        this.effects = effects;
    }

    /** The same path, so that what is done with it or below it is watched. */
    static Path intercept(Path path, EffectListener effects) {
        return new InterceptedFileSystemProvider(path.getFileSystem(), effects).wrapped(path);
    }

    private Path wrapped(Path path) {
        return (Path) Proxy.newProxyInstance(
                InterceptedFileSystemProvider.class.getClassLoader(),
                new Class<?>[] {Watched.class},
                (_, method, arguments) -> call(path, method, arguments));
    }

    private @Nullable Object call(Path path, Method method, Object @Nullable [] arguments) throws Throwable {
        return switch (method.getName()) {
            case "plain" -> path;
            case "getFileSystem" -> watched;
            case "iterator" -> wrapped(path.iterator());
            default -> {
                Object result = invoke(path, method, plain(arguments));
                yield result instanceof Path found ? wrapped(found) : result;
            }
        };
    }

    private static @Nullable Object invoke(Object target, Method method, Object @Nullable [] arguments)
            throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }

    private static Object @Nullable [] plain(Object @Nullable [] arguments) {
        return arguments == null
                ? null
                : Arrays.stream(arguments)
                        .map(argument -> argument instanceof Watched path ? path.plain() : argument)
                        .toArray();
    }

    private Iterator<Path> wrapped(Iterator<Path> paths) {
        Iterable<Path> iterable = () -> paths;
        return StreamSupport.stream(iterable.spliterator(), false)
                .map(this::wrapped)
                .iterator();
    }

    private static Path plain(Path path) {
        return path instanceof Watched watched ? watched.plain() : path;
    }

    @Override
    public FileChannel newFileChannel(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
            throws IOException {
        boolean makes = options.contains(StandardOpenOption.CREATE_NEW)
                || (options.contains(StandardOpenOption.CREATE) && !Files.exists(plain(path)));
        if (makes) {
            effects.beforeEffect("create " + path);
        }
        FileChannel channel = FileChannel.open(plain(path), options, attributes);
        return new InterceptedFileChannel(channel, what -> effects.beforeEffect(what + " " + path));
    }

    @Override
    public SeekableByteChannel newByteChannel(
            Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) throws IOException {
        return options.contains(StandardOpenOption.WRITE)
                ? newFileChannel(path, options, attributes)
                : Files.newByteChannel(plain(path), options, attributes);
    }

    @Override
    public DirectoryStream<Path> newDirectoryStream(Path directory, DirectoryStream.Filter<? super Path> filter)
            throws IOException {
        DirectoryStream<Path> entries = plain.provider().newDirectoryStream(plain(directory), _ -> true);
        return new DirectoryStream<>() {
            @Override
            public Iterator<Path> iterator() {
                return wrapped(entries.iterator());
            }

            @Override
            public void close() throws IOException {
                entries.close();
            }
        };
    }

    @Override
    public void createDirectory(Path directory, FileAttribute<?>... attributes) throws IOException {
        effects.beforeEffect("make " + directory);
        Files.createDirectory(plain(directory), attributes);
    }

    @Override
    public void createSymbolicLink(Path link, Path target, FileAttribute<?>... attributes) throws IOException {
        effects.beforeEffect("link " + link);
        Files.createSymbolicLink(plain(link), plain(target), attributes);
    }

    @Override
    public Path readSymbolicLink(Path link) throws IOException {
        return Files.readSymbolicLink(plain(link));
    }

    @Override
    public void delete(Path path) throws IOException {
        if (Files.exists(plain(path), LinkOption.NOFOLLOW_LINKS)) {
            effects.beforeEffect("delete " + path);
        }
        Files.delete(plain(path));
    }

    @Override
    public void move(Path source, Path target, CopyOption... options) throws IOException {
        effects.beforeEffect("rename to " + target);
        Files.move(plain(source), plain(target), options);
    }

    @Override
    public void copy(Path source, Path target, CopyOption... options) {
        throw new UnsupportedOperationException("the agent copies nothing");
    }

    @Override
    public boolean isSameFile(Path one, Path other) throws IOException {
        return Files.isSameFile(plain(one), plain(other));
    }

    @Override
    public boolean isHidden(Path path) throws IOException {
        return Files.isHidden(plain(path));
    }

    @Override
    public FileStore getFileStore(Path path) throws IOException {
        return Files.getFileStore(plain(path));
    }

    @Override
    public void checkAccess(Path path, AccessMode... modes) throws IOException {
        plain.provider().checkAccess(plain(path), modes);
    }

    @Override
    public <V extends FileAttributeView> @Nullable V getFileAttributeView(
            Path path, Class<V> type, LinkOption... options) {
        V view = Files.getFileAttributeView(plain(path), type, options);
        return view == null
                ? null
                : type.cast(Proxy.newProxyInstance(
                        InterceptedFileSystemProvider.class.getClassLoader(),
                        new Class<?>[] {type},
                        (_, method, arguments) -> {
                            if (method.getName().startsWith("set")) {
                                effects.beforeEffect(method.getName() + " " + path);
                            }
                            return invoke(view, method, arguments);
                        }));
    }

    @Override
    public <A extends BasicFileAttributes> A readAttributes(Path path, Class<A> type, LinkOption... options)
            throws IOException {
        return Files.readAttributes(plain(path), type, options);
    }

    @Override
    public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options) throws IOException {
        return Files.readAttributes(plain(path), attributes, options);
    }

    @Override
    public void setAttribute(Path path, String attribute, @Nullable Object value, LinkOption... options)
            throws IOException {
        effects.beforeEffect("set " + attribute + " of " + path);
        Files.setAttribute(plain(path), attribute, value, options);
    }

    @Override
    public String getScheme() {
        return "watched";
    }

    @Override
    public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
        throw new UnsupportedOperationException("made by watch");
    }

    @Override
    public FileSystem getFileSystem(URI uri) {
        return watched;
    }

    @Override
    public Path getPath(URI uri) {
        return wrapped(Path.of(uri.getPath()));
    }

    /** A path of this file system. */
    private interface Watched extends Path {
        Path plain();
    }
}
