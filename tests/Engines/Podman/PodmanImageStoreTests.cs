using Holdfast.Engines.Contract;
using Holdfast.Engines.Podman;

namespace Holdfast.Engines.Tests.Podman;

/// <summary>Images of a real Podman: built, listed, taken to a real registry and from there, removed.</summary>
[Collection(PodmanTests.Name)]
public sealed class PodmanImageStoreTests(PodmanService service) : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hf-ps-").FullName;
    private readonly PodmanEngine _engine = new(service.Socket);
    private readonly string _name = $"localhost/store-{Guid.NewGuid():N}"[..24];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        if (service.Unusable is { } reason)
        {
            // A test that is skipped here is not disposed of.
            Directory.Delete(_folder, recursive: true);
            Assert.Skip(reason);
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _engine.Dispose();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Build_TwiceWithoutCache_IsTheSameImageWithCompiledPythonThatIsGood()
    {
        Write("Containerfile", $"FROM {service.Image} AS first\nRUN mkdir /m && echo 'x = 1' > /m/leaf.py && python3 -c \"import \\\n  py_compile as p; p.compile('/m/leaf.py')\"\nFROM first\nCOPY data /data\nLABEL a=b\n");
        Write("data/one", "1");

        var one = await BuildAsync(new ImageBuild(_folder, _name));
        File.SetLastWriteTimeUtc(Path.Combine(_folder, "data/one"), DateTime.UnixEpoch.AddYears(40));
        var two = await BuildAsync(new ImageBuild(_folder, _name) { IsFresh = true });
        Write("data/one", "2");
        var other = await BuildAsync(new ImageBuild(_folder, _name));

        Assert.Equal((one, $"{_name}:1"), (two, one.Name));
        Assert.Equal(await service.RunPodmanAsync("inspect", "--format", "{{.Digest}}", one.Reference), await service.RunPodmanAsync("inspect", "--format", "{{.Digest}}", two.Reference));
        Assert.Equal((true, $"{_name}:2"), (other.Reference != one.Reference, other.Name));
        const string IsGood = "import importlib.util as u, sys; s = open(u.cache_from_source('/m/leaf.py'), 'rb').read(8); sys.exit(0 if s[4] & 1 else 1)";
        await service.RunPodmanAsync("run", "--rm", "--network=none", one.Reference, "python3", "-c", IsGood);
    }

    [Fact]
    public async Task Build_OfAnArchiveWithADockerfile_IsThatOfTheFolder()
    {
        Write("sub/Dockerfile", $"FROM {service.Image}\nCOPY . /all\n");
        Write("sub/deep/file", "x");
        File.CreateSymbolicLink(Path.Combine(_folder, "sub/link"), "/nowhere");
        await System.Formats.Tar.TarFile.CreateFromDirectoryAsync(Path.Combine(_folder, "sub"), Path.Combine(_folder, "sub.tar"), includeBaseDirectory: false, Cancellation);
        await using var archive = File.OpenRead(Path.Combine(_folder, "sub.tar"));

        var built = await BuildAsync(new ImageBuild("", _name) { Archive = archive, Tag = "tagged" });

        Assert.Equal($"{_name}:tagged", built.Name);
        Assert.Equal("Containerfile\nDockerfile\ndeep\nlink", await service.RunPodmanAsync("run", "--rm", "--network=none", built.Name, "ls", "/all"));
        Assert.Equal(built.Reference, (await BuildAsync(new ImageBuild(Path.Combine(_folder, "sub"), _name) { Tag = "tagged" })).Reference);
    }

    [Fact]
    public async Task Build_WithoutAContainerfile_SaysSo() =>
        Assert.Equal("bad-spec", (await _engine.BuildAsync(new ImageBuild(_folder, _name), null, Cancellation)).Fault?.Code);

    [Fact]
    public async Task Images_OfWhatSharesLayers_SayOwnAndSharedSize()
    {
        Write("Containerfile", $"FROM {service.Image}\nRUN head -c 3000000 /dev/zero > /common\nRUN head -c 1000000 /dev/zero > /one\n");
        var one = await BuildAsync(new ImageBuild(_folder, _name) { Tag = "one" });
        Write("Containerfile", $"FROM {service.Image}\nRUN head -c 3000000 /dev/zero > /common\nRUN head -c 2000000 /dev/zero > /two\nLABEL of=two\n");
        var two = await BuildAsync(new ImageBuild(_folder, _name) { Tag = "two" });

        var images = await ImagesAsync();
        var (first, second) = (images.Single(image => image.Id == one.Reference), images.Single(image => image.Id == two.Reference));

        Assert.Equal([$"{_name}:one"], first.Names);
        Assert.Equal((null, null), (first.Digest, first.Created));
        Assert.InRange(first.Own, 1_000_000, 1_100_000);
        Assert.InRange(second.Own, 2_000_000, 2_100_000);
        Assert.InRange(LocalImage.Frees([first, second]), 6_000_000, 6_300_000);
        Assert.InRange(first.Size - first.Own, 20_000_000, 100_000_000);
        Assert.Equal("two", second.Labels["of"]);
        Assert.NotNull(images.Single(image => image.Id == service.Image).Created);
        Assert.Equal(two.Reference, (await _engine.FindImageAsync(new Dictionary<string, string> { ["of"] = "two", ["io.buildah.version"] = second.Labels["io.buildah.version"] }, Cancellation)).Value);
        Assert.Null((await _engine.FindImageAsync(new Dictionary<string, string> { ["of"] = "two", ["by"] = "nobody" }, Cancellation)).Value);
    }

    [Fact]
    public async Task Remove_OfWhatIsUsed_NamesByWhatAndThenFreesIt()
    {
        Write("Containerfile", $"FROM {service.Image}\nRUN head -c 1000000 /dev/zero > /one\n");
        var built = await BuildAsync(new ImageBuild(_folder, _name) { Tag = "one" });
        Assert.Null(await _engine.TagImageAsync(built.Name, $"{_name}:again", Cancellation));
        var container = $"user-{Guid.NewGuid():N}"[..14];
        await service.RunPodmanAsync("create", "--name", container, "--network=none", built.Reference, "sleep", "1");

        Assert.Equal([container], (await ImagesAsync()).Single(image => image.Id == built.Reference).UsedBy);
        var name = await _engine.RemoveImageAsync($"{_name}:again", Cancellation);
        var used = await _engine.RemoveImageAsync($"{_name}:one", Cancellation);
        await service.RunPodmanAsync("rm", container);
        var gone = await _engine.RemoveImageAsync($"{_name}:one", Cancellation);

        Assert.Equal((false, 0L), (name.Value!.IsGone, name.Value.Freed));
        Assert.Equal([$"{_name}:again"], name.Value.Names);
        Assert.Equal("in-use", used.Fault?.Code);
        Assert.Contains(container, used.Fault!.Message, StringComparison.Ordinal);
        Assert.True(gone.Value!.IsGone, gone.Fault?.Message);
        Assert.InRange(gone.Value.Freed, 1_000_000, 1_100_000);
        Assert.DoesNotContain(await ImagesAsync(), image => image.Id == built.Reference);
        Assert.Equal("image-missing", (await _engine.RemoveImageAsync($"{_name}:one", Cancellation)).Fault?.Code);
    }

    [Fact]
    public async Task Push_ThenRemoveAndPull_HasTheDigestOfTheRegistry()
    {
        await using var registry = await LocalRegistry.StartAsync();
        var target = $"{registry.Name}/team/leaves:1";
        Write("Containerfile", $"FROM {service.Image}\nRUN echo {registry.Name} > /one\n");
        var built = await BuildAsync(new ImageBuild(_folder, _name) { Tag = "one" });

        var pushed = await _engine.PushImageAsync(built.Name, target, null, null, Cancellation);

        Assert.Null(pushed.Fault);
        Assert.StartsWith("sha256:", pushed.Value, StringComparison.Ordinal);
        Assert.NotEqual(await service.RunPodmanAsync("inspect", "--format", "{{.Digest}}", built.Reference), pushed.Value);
        var image = (await ImagesAsync()).Single(each => each.Id == built.Reference);
        Assert.Equal(($"{_name}:one", pushed.Value), (Assert.Single(image.Names), image.Digest));
        Assert.Equal(pushed.Value, (await _engine.PrepareAsync(built.Name, null, Cancellation)).Value?.Digest);
        Assert.True((await _engine.RemoveImageAsync(built.Name, Cancellation)).Value?.IsGone);
        var lines = new List<string>();
        var pulled = await _engine.PullImageAsync(target, null, new Lines(lines), Cancellation);
        Assert.Equal((built.Reference, pushed.Value), (pulled.Value?.Reference, pulled.Value?.Digest));
        Assert.NotEmpty(lines);
        Assert.Equal("image-missing", (await _engine.PullImageAsync($"{registry.Name}/team/none:1", null, null, Cancellation)).Fault?.Code);
        Assert.Equal("image-missing", (await _engine.PushImageAsync("localhost/none:1", target, null, null, Cancellation)).Fault?.Code);
    }

    [Fact]
    public async Task Push_ToARegistryThatWantsALogin_NeedsTheRightOne()
    {
        await using var registry = await LocalRegistry.StartAsync(withLogin: true);
        var target = $"{registry.Name}/team/leaves:1";
        var login = new RegistryLogin(LocalRegistry.User, LocalRegistry.Password);
        Write("Containerfile", $"FROM {service.Image}\nRUN echo {registry.Name} > /one\n");
        var built = await BuildAsync(new ImageBuild(_folder, _name) { Tag = "one" });

        var without = await _engine.PushImageAsync(built.Name, target, null, null, Cancellation);
        var wrong = await _engine.PushImageAsync(built.Name, target, login with { Password = "wrong-pass" }, null, Cancellation);
        var right = await _engine.PushImageAsync(built.Name, target, login, null, Cancellation);

        Assert.Equal(("not-permitted", "not-permitted", null), (without.Fault?.Code, wrong.Fault?.Code, right.Fault?.Code));
        Assert.DoesNotContain("wrong-pass", $"{wrong.Fault} {login}", StringComparison.Ordinal);
        Assert.Equal("not-permitted", (await _engine.PullImageAsync(target, null, null, Cancellation)).Fault?.Code);
        Assert.Equal(right.Value, (await _engine.PullImageAsync(target, login, null, Cancellation)).Value?.Digest);
    }

    [Fact]
    public async Task PushAndPull_OfARegistryThatIsDown_SaySo()
    {
        var target = $"127.0.0.1:{FreePort.Next()}/team/leaves:1";

        Assert.Equal("registry-unavailable", (await _engine.PushImageAsync(service.Image, target, null, null, Cancellation)).Fault?.Code);
        Assert.Equal("registry-unavailable", (await _engine.PullImageAsync(target, null, null, Cancellation)).Fault?.Code);
    }

    private async Task<BuiltImage> BuildAsync(ImageBuild build)
    {
        var built = await _engine.BuildAsync(build, null, Cancellation);
        Assert.Null(built.Fault);
        return built.Value!;
    }

    private async Task<IReadOnlyList<LocalImage>> ImagesAsync()
    {
        var images = await _engine.ImagesAsync(Cancellation);
        Assert.Null(images.Fault);
        return images.Value!;
    }

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_folder, path))!);
        File.WriteAllText(Path.Combine(_folder, path), text);
    }

    private sealed class Lines(List<string> lines) : IProgress<string>
    {
        public void Report(string value) => lines.Add(value);
    }
}
