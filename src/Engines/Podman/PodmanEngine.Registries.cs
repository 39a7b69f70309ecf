using System.Text.Json;
using Holdfast.Engines.Contract;

namespace Holdfast.Engines.Podman;

/// <summary>To registries and from there.</summary>
public sealed partial class PodmanEngine
{
    private const string DigestMark = " digest: ";

    /// <inheritdoc/>
    public Task<EngineResult<EngineImage>> PullImageAsync(string name, RegistryLogin? login, IProgress<string>? progress, CancellationToken cancellationToken) => _images.PullAsync(name, login, progress, cancellationToken);

    /// <inheritdoc/>
    public async Task<EngineResult<string>> PushImageAsync(string image, string target, RegistryLogin? login, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        var here = await _images.InspectAsync(image, cancellationToken);
        if (!here.Ok) return here.Fault;
        var path = $"{PodmanApi.Docker}/images/{here.Value.Reference!["sha256:".Length..]}/push?destination={PodmanApi.Word(target)}{(PodmanImages.IsLocal(target) ? "&tlsVerify=false" : "")}";
        var (response, none) = await _api.OpenAsync(HttpMethod.Post, path, null, cancellationToken, login);
        using (response)
        {
            if (response is null) return none.Fault(_api.Socket, "unavailable", "");
            var (digest, problem) = response.IsSuccessStatusCode
                ? await ReadPushAsync(response, progress, cancellationToken)
                : (null, new PodmanReply((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellationToken)).Message);
            if (digest is null) return RegistryProblem.Of(target, login, problem!) ?? new EngineFault("image-push-failed", $"{image} was not pushed to {target}: {problem}");
            // What Podman fetches it remembers the digest of; it has the layers, so this is a matter of a small file.
            await _images.PullAsync($"{PodmanImages.Repository(target)}@{digest}", login, null, cancellationToken);
            return digest;
        }
    }

    /// <summary>The answer is 200 in every case; the last line has the digest.</summary>
    private static async Task<(string? Digest, string? Problem)> ReadPushAsync(HttpResponseMessage response, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        string? digest = null;
        try
        {
            using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
            while (await lines.ReadLineAsync(cancellationToken) is { } text)
            {
                if (text.Length == 0) continue;
                var line = JsonSerializer.Deserialize(text, PodmanJson.Default.PushLine)!;
                if (line.Error is { } error) return (null, error);
                if (line.Status is not { Length: > 0 } status) continue;
                if (status.IndexOf(DigestMark, StringComparison.Ordinal) is >= 0 and var at) digest = status[(at + DigestMark.Length)..].Split(' ')[0];
                // Podman names the image by its id where the target belongs.
                else if (!status.StartsWith("The push refers", StringComparison.Ordinal)) progress?.Report(string.Join(' ', new[] { status, line.Id, line.Progress }.Where(word => !string.IsNullOrEmpty(word))));
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException or JsonException)
        {
            return (null, e.Message);
        }

        return (digest, digest is null ? "Podman ended without a digest" : null);
    }
}
