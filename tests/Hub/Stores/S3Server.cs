using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace Holdfast.Hub.Tests.Stores;

/// <summary>A store of a test's own, on this computer: s3rver, which speaks S3's protocol. It knows one key, by its id; it does not check signatures.</summary>
internal sealed class S3Server : IAsyncDisposable
{
    public const string Key = "S3RVER:S3RVER", Bucket = "outputs";

    private readonly string _folder = Directory.CreateTempSubdirectory("hf-s3-").FullName;
    private readonly int _port = FreePort.Next();
    private readonly AmazonS3Client _client;
    private Process? _process;

    private S3Server() => _client = new AmazonS3Client(new BasicAWSCredentials("S3RVER", "S3RVER"), new AmazonS3Config { ServiceURL = Address.AbsoluteUri, ForcePathStyle = true, AuthenticationRegion = "us-east-1" });

    public Uri Address => new($"http://127.0.0.1:{_port}");

    /// <summary>The keys of the objects that were stored, in that order.</summary>
    public ConcurrentQueue<string> Stored { get; } = [];

    /// <summary>Starts one; the test is skipped where the package is not there.</summary>
    public static async Task<S3Server> StartAsync()
    {
        var server = new S3Server();
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Ends it for a while; what it holds stays.</summary>
    public async Task StopAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>Goes on after <see cref="StopAsync"/>.</summary>
    public async Task StartAgainAsync()
    {
        var program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../Hub/Stores/node_modules/s3rver/bin/s3rver.js"));
        if (!File.Exists(program)) Assert.Skip($"{program} is not there: ./test installs it.");
        // Its tokens of listings are encrypted with DES.
        _process = Process.Start(new ProcessStartInfo("node", ["--openssl-legacy-provider", program, "-d", _folder, "-a", "127.0.0.1", "-p", $"{_port}", "--configure-bucket", Bucket]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var ready = new TaskCompletionSource();
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.Contains("listening", StringComparison.Ordinal) == true) ready.TrySetResult();
            if (line.Data?.Split('"') is [var said, var key, ..] && said.EndsWith("Stored object ", StringComparison.Ordinal)) Stored.Enqueue(key);
        };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await ready.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
    }

    /// <summary>All keys.</summary>
    public async Task<IReadOnlyList<string>> KeysAsync() =>
        [.. ((await _client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = Bucket }, TestContext.Current.CancellationToken)).S3Objects ?? []).Select(each => each.Key)];

    /// <summary>The content of an object; null when there is none.</summary>
    public async Task<byte[]?> ReadAsync(string key)
    {
        try
        {
            using var answer = await _client.GetObjectAsync(Bucket, key, TestContext.Current.CancellationToken);
            using var content = new MemoryStream();
            await answer.ResponseStream.CopyToAsync(content, TestContext.Current.CancellationToken);
            return content.ToArray();
        }
        catch (AmazonS3Exception missing) when (missing.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>The text of an object as soon as it is so.</summary>
    public async Task<string> UntilAsync(string key, Func<string, bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            try
            {
                if (await ReadAsync(key) is { } content && System.Text.Encoding.UTF8.GetString(content) is var text && condition(text)) return text;
            }
            catch (AmazonClientException torn) when (torn.Message.StartsWith("Expected hash", StringComparison.Ordinal))
            {
                // This server shows a new object's head with the old one's content for a moment.
            }
            await Task.Delay(50, limit.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await StopAsync();
        _client.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
