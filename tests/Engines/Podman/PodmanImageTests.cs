using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Holdfast.Engines.Contract;
using Holdfast.Engines.Podman;

namespace Holdfast.Engines.Tests.Podman;

[Collection(PodmanTests.Name)]
public sealed class PodmanImageTests(PodmanService service) : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hf-pi-").FullName;
    private readonly PodmanEngine _engine = new(service.Socket);

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
    public async Task Prepare_FromARegistry_HasTheDigestThatWasPushed()
    {
        if (!File.Exists("/usr/bin/docker-registry")) Assert.Skip("docker-registry is not installed.");
        var port = FreePort.Next();
        var name = $"127.0.0.1:{port}/team/leaves:1";
        using var registry = await StartRegistryAsync(port);
        try
        {
            // An image of its own: one that a registry knows has that digest under all of its names, in every test after this one.
            await File.WriteAllTextAsync(Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, "tree")).FullName, "file"), name, Cancellation);
            var image = await service.ImportAsync(Path.Combine(_folder, "tree"), "localhost/pushed:1");
            await service.RunPodmanAsync("push", "-q", "--tls-verify=false", "--digestfile", Path.Combine(_folder, "digest"), image, name);
            var lines = new List<string>();

            var pulled = await _engine.PrepareAsync(name, new Lines(lines), Cancellation);
            var again = await _engine.PrepareAsync(name, null, Cancellation);

            Assert.Null(pulled.Fault);
            Assert.Equal(await File.ReadAllTextAsync(Path.Combine(_folder, "digest"), Cancellation), pulled.Value!.Digest);
            Assert.NotEmpty(lines);
            Assert.Equal((pulled.Value.Reference, pulled.Value.Digest), (again.Value!.Reference, again.Value.Digest));
            Assert.Equal("image-pull-failed", (await _engine.PrepareAsync($"127.0.0.1:{port}/team/none:1", null, Cancellation)).Fault?.Code);
        }
        finally
        {
            registry.Kill();
            await registry.WaitForExitAsync(CancellationToken.None);
        }
    }

    [Fact]
    public async Task Prepare_RegistryThatIsDown_IsAFaultThatNamesIt()
    {
        var port = FreePort.Next();

        var result = await _engine.PrepareAsync($"127.0.0.1:{port}/team/leaves:1", null, Cancellation);

        Assert.Equal("image-pull-failed", result.Fault?.Code);
        Assert.Contains($"127.0.0.1:{port}", result.Fault!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "bad-spec")]
    [InlineData("sha256:0123456789012345678901234567890123456789012345678901234567890123", "image-missing")]
    [InlineData("no-such-image", "image-missing")]
    [InlineData("Not A Name", "image-pull-failed")]
    public async Task Prepare_ImageThatIsNone_IsAFault(string? image, string code) => Assert.Equal(code, (await _engine.PrepareAsync(image, null, Cancellation)).Fault?.Code);

    [Fact]
    public async Task Start_ImageThatIsNotHere_IsMissing()
    {
        var spec = new WorkloadSpec { Id = "t-none", Image = "localhost/none:1", Argv = ["/bin/sh"], Scratch = _folder, OutputFile = Path.Combine(_folder, "out") };

        Assert.Equal("image-missing", (await _engine.StartAsync(spec, Cancellation)).Fault?.Code);
    }

    [Fact]
    public async Task Prepare_LocalImage_HasNoDigestOfARegistry()
    {
        var image = await _engine.PrepareAsync("localhost/holdfast-test:1", null, Cancellation);

        Assert.Equal((service.Image, null), (image.Value?.Reference, image.Value?.Digest));
        Assert.True(image.Value!.Size > 1 << 20);
    }

    [Fact]
    public async Task CheckLibc_ImageWithGlibc_IsGood() => Assert.Null(await _engine.CheckLibcAsync(service.Image, Cancellation));

    [Fact]
    public async Task CheckLibc_ImageWithoutGlibc_IsRefused()
    {
        await File.WriteAllTextAsync(Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, "tree")).FullName, "file"), "x", Cancellation);
        var image = await service.ImportAsync(Path.Combine(_folder, "tree"), "localhost/no-libc:1");

        var fault = await _engine.CheckLibcAsync(image, Cancellation);

        Assert.Equal("bad-image", fault?.Code);
        Assert.Contains("musl", fault!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CheckLibc_ImageWithAnOldGlibc_IsRefusedWithItsVersion()
    {
        var tree = Path.Combine(_folder, "tree");
        Directory.CreateDirectory(Path.Combine(tree, "usr/lib64"));
        File.CreateSymbolicLink(Path.Combine(tree, "lib64"), "usr/lib64");
        File.CreateSymbolicLink(Path.Combine(tree, "usr/lib64/libc.so.6"), "libc-2.28.so");
        // Across the end of a block that is read at once.
        await File.WriteAllTextAsync(Path.Combine(tree, "usr/lib64/libc-2.28.so"), $"{new string('\0', 65000)}GNU C Library (GNU libc) stable release version 2.28.\n", Cancellation);
        var image = await service.ImportAsync(tree, "localhost/old-libc:1");

        var fault = await _engine.CheckLibcAsync(image, Cancellation);

        Assert.Equal("bad-image", fault?.Code);
        Assert.Contains("2.28", fault!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_SocketThatIsNot_SaysHowToGetOne()
    {
        using var engine = new PodmanEngine(Path.Combine(_folder, "none.sock"));

        var fault = Assert.Single(await engine.CheckAsync(Cancellation));

        Assert.Equal("unavailable", fault.Code);
        // These tests have a Podman.
        Assert.Contains("Start it: systemctl enable --now podman.socket", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_ServiceThatAsksForHigherLimitsThanItMaySet_SaysWhatToWrite()
    {
        await using var other = new PodmanService { Conf = PodmanService.GoodConf.Replace("default_ulimits", "#", StringComparison.Ordinal) };
        await other.InitializeAsync();

        if (other.Unusable is not { } fault)
        {
            Assert.Skip("Podman may raise limits here.");
            return;
        }

        Assert.Contains("default_ulimits = [", fault, StringComparison.Ordinal);
    }

    private async Task<Process> StartRegistryAsync(int port)
    {
        var settings = Path.Combine(_folder, "registry.yml");
        await File.WriteAllTextAsync(settings, $"version: 0.1\nlog: {{level: error, accesslog: {{disabled: true}}}}\nstorage: {{filesystem: {{rootdirectory: {_folder}/registry}}}}\nhttp: {{addr: '127.0.0.1:{port}'}}\n", Cancellation);
        var process = Process.Start("/usr/bin/docker-registry", ["serve", settings])!;
        using var client = new TcpClient();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!client.Connected)
        {
            try
            {
                await client.ConnectAsync(IPAddress.Loopback, port, limit.Token);
            }
            catch (SocketException)
            {
                await Task.Delay(20, limit.Token);
            }
        }

        return process;
    }

    private sealed class Lines(List<string> lines) : IProgress<string>
    {
        public void Report(string value) => lines.Add(value);
    }
}
