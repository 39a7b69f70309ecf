using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Holdfast.Engines.Contract;

namespace Holdfast.Engines.Podman;

/// <summary>Building images: <c>POST /build</c> answers 200 at once and a line for each thing that happens; the last one is the image's id, or an error.</summary>
public sealed partial class PodmanEngine : IImageBuilder
{
    private const int LastWords = 20;

    /// <summary>Without a format named, Podman 4.3 makes every step anew.</summary>
    private const string Format = "application/vnd.oci.image.manifest.v1+json";

    /// <inheritdoc/>
    public async Task<EngineResult<BuiltImage>> BuildAsync(ImageBuild build, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(build);
        var (network, unavailable) = await _setup.NetworkAsync(cancellationToken);
        if (unavailable is not null) return unavailable;
        var opened = await BuildContext.OpenAsync(build, cancellationToken);
        if (!opened.Ok) return opened.Fault;
        using var content = opened.Value;
        var options = $"timestamp={FixedTime.Seconds}&layers=true&rm=true&forcerm=true{(build.IsFresh ? "&nocache=true" : "")}{(network is null ? "" : "&networkmode=host")}";
        var (response, none) = await _api.OpenAsync(HttpMethod.Post, $"/build?dockerfile={BuildContext.FileName}&outputformat={PodmanApi.Word(Format)}&{options}", content, cancellationToken);
        using (response)
        {
            if (response is null) return none.Fault(_api.Socket, "unavailable", "");
            if (!response.IsSuccessStatusCode) return new PodmanReply((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellationToken)).Fault(_api.Socket, "build-failed", $"{build.Repository} was not built");
            var (id, problem) = await ReadAsync(response, progress, cancellationToken);
            if (id is null) return new EngineFault(problem!.Contains("no space left on device", StringComparison.Ordinal) ? "disk-full" : "build-failed", $"{build.Repository} was not built: {problem.Trim()}");
            return await TagAsync(build.Repository, build.Tag, id, cancellationToken);
        }
    }

    private static async Task<(string? Id, string? Problem)> ReadAsync(HttpResponseMessage response, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        var step = "";
        var last = new Queue<string>();
        try
        {
            using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
            while (await lines.ReadLineAsync(cancellationToken) is { } text)
            {
                if (text.Length == 0) continue;
                var line = JsonSerializer.Deserialize(text, BuildJson.Default.BuildLine)!;
                if (line.Error is { } error) return (null, $"{error.Trim()}\n{string.Join('\n', last)}");
                if (line.Stream?.TrimEnd() is not { Length: > 0 } said) continue;
                if (said.StartsWith("STEP ", StringComparison.Ordinal)) (step, last) = (said, new Queue<string>());
                last.Enqueue(said);
                if (last.Count > LastWords) last.Dequeue();
                progress?.Report(said);
            }
        }
        catch (OperationCanceledException)
        {
            EndStep(step);
            throw;
        }
        catch (Exception e) when (e is IOException or HttpRequestException or JsonException)
        {
            return (null, e.Message);
        }

        return last.LastOrDefault() is { Length: 64 } id && id.All(char.IsAsciiHexDigitLower) ? (id, null) : (null, "Podman ended without an image");
    }

    /// <summary>A build that is given up leaves the command of its step running: a shell with this very text, in a process namespace of its own.</summary>
    private static void EndStep(string step)
    {
        var run = step.IndexOf(": RUN ", StringComparison.Ordinal);
        if (run < 0) return;
        var text = step[(run + 6)..];
        var own = new FileInfo("/proc/self/ns/pid").LinkTarget;
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(folder => char.IsAsciiDigit(folder[6])))
        {
            try
            {
                if (File.ReadAllText($"{folder}/cmdline").TrimEnd('\0').Split('\0') is [_, "-c", var command] && command == text && new FileInfo($"{folder}/ns/pid").LinkTarget != own)
                    LocalProcess.KillGroup(int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has ended, or is somebody else's.
            }
        }
    }

    private async Task<EngineResult<BuiltImage>> TagAsync(string repository, string? tag, string id, CancellationToken cancellationToken)
    {
        if (tag is null)
        {
            var number = await NumberAsync(repository, id, cancellationToken);
            if (!number.Ok) return number.Fault;
            tag = $"{number.Value}";
        }
        return await TagImageAsync(id, $"{repository}:{tag}", cancellationToken) is { } fault ? fault : new BuiltImage($"{repository}:{tag}", $"sha256:{id}");
    }

    private async Task<EngineResult<int>> NumberAsync(string repository, string id, CancellationToken cancellationToken)
    {
        var filters = JsonSerializer.Serialize(new() { ["reference"] = [repository] }, PodmanJson.Default.DictionaryStringListString);
        var reply = await _api.GetAsync($"/images/json?filters={PodmanApi.Word(filters)}", cancellationToken);
        if (!reply.Ok) return reply.Fault(_api.Socket, "unavailable", "Podman does not list its images");
        var tags = from image in reply.Read(BuildJson.Default.ListListedImage)
                   from name in image.Names ?? []
                   where name.StartsWith($"{repository}:", StringComparison.Ordinal)
                   let number = int.TryParse(name.AsSpan(repository.Length + 1), out var parsed) ? parsed : 0
                   orderby number descending
                   select (image.Id, Number: number);
        var newest = tags.FirstOrDefault();
        return newest.Id == id ? newest.Number : newest.Number + 1;
    }
}

/// <summary>A line of <c>POST /build</c>.</summary>
internal sealed record BuildLine([property: JsonPropertyName("stream")] string? Stream, [property: JsonPropertyName("error")] string? Error);

/// <summary>One of <c>GET /images/json</c>.</summary>
internal sealed record ListedImage(string Id, List<string>? Names, long Size, Dictionary<string, string>? Labels, string? Digest, List<string>? RepoDigests, long Created);

[JsonSerializable(typeof(BuildLine))]
[JsonSerializable(typeof(List<ListedImage>))]
internal sealed partial class BuildJson : JsonSerializerContext;
