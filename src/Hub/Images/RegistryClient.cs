using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Holdfast.Engines.Contract;

namespace Holdfast.Hub.Images;

/// <summary>Asks registries what they have, by the OCI distribution specification 1.1. With TLS, but for those on this computer.</summary>
internal sealed class RegistryClient : IDisposable
{
    private const int MostBytes = 4 << 20, MostNames = 10_000, PageSize = 1000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly string[] Manifests =
    [
        "application/vnd.oci.image.index.v1+json", "application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json", "application/vnd.docker.distribution.manifest.v2+json",
    ];

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = Patience }) { Timeout = Patience, MaxResponseContentBufferSize = MostBytes };

    /// <summary>The repositories of a registry, by name. Not every registry tells.</summary>
    public async Task<HubResult<IReadOnlyList<string>>> RepositoriesAsync(string registry, RegistryLogin? login, CancellationToken cancellationToken)
    {
        var listed = await NamesAsync(registry, null, $"/v2/_catalog?n={PageSize}", login, cancellationToken);
        return listed.Fault is { Code: "image-missing" or "forbidden" } fault && (fault.Code == "image-missing" || registry is "docker.io")
            ? new HubFault("not-found", $"The registry {registry} does not list its repositories; mend: name one, as {registry}/team/leaves.")
            : listed;
    }

    /// <summary>The tags of a repository.</summary>
    public Task<HubResult<IReadOnlyList<string>>> TagsAsync(string registry, string repository, RegistryLogin? login, CancellationToken cancellationToken) =>
        NamesAsync(registry, repository, $"/v2/{PathOf(registry, repository)}/tags/list?n={PageSize}", login, cancellationToken);

    /// <summary>The digest that a tag has now.</summary>
    public async Task<HubResult<string>> DigestAsync(string registry, string repository, string tag, RegistryLogin? login, CancellationToken cancellationToken)
    {
        var (response, fault) = await SendAsync(HttpMethod.Head, registry, repository, $"/v2/{PathOf(registry, repository)}/manifests/{tag}", login, cancellationToken);
        using (response)
        {
            if (response is null) return fault!;
            return response.Headers.TryGetValues("Docker-Content-Digest", out var values) ? values.First() : new HubFault("unavailable", $"The registry {registry} does not say the digest of {repository}:{tag}.");
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<HubResult<IReadOnlyList<string>>> NamesAsync(string registry, string? repository, string? path, RegistryLogin? login, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        while (path is not null && names.Count < MostNames)
        {
            var (response, fault) = await SendAsync(HttpMethod.Get, registry, repository, path, login, cancellationToken);
            using (response)
            {
                if (response is null) return fault!;
                try
                {
                    var page = await JsonSerializer.DeserializeAsync(await response.Content.ReadAsStreamAsync(cancellationToken), RegistryJson.Default.RegistryPage, cancellationToken);
                    names.AddRange(page?.Repositories ?? page?.Tags ?? []);
                }
                catch (JsonException)
                {
                    return new HubFault("unavailable", $"What answers at {registry} is no registry; mend: check host and port.");
                }
                path = Next(response);
            }
        }
        names.Sort(StringComparer.Ordinal);
        return names;
    }

    /// <summary>The path of the next page, of the same registry (RFC 8288).</summary>
    private static string? Next(HttpResponseMessage response) =>
        response.Headers.TryGetValues("Link", out var links) && links.First() is ['<', '/', ..] link && link.Contains("rel=\"next\"", StringComparison.Ordinal) && link.IndexOf('>') is > 0 and var end ? link[1..end] : null;

    /// <summary>An answer that is one; else why not. Logs in as the registry wants it when it wants it.</summary>
    private async Task<(HttpResponseMessage? Response, HubFault? Fault)> SendAsync(HttpMethod method, string registry, string? repository, string path, RegistryLogin? login, CancellationToken cancellationToken)
    {
        var address = new Uri($"{(IsLocal(registry) ? "http" : "https")}://{(registry == "docker.io" ? "registry-1.docker.io" : registry)}{path}");
        HttpResponseMessage? response = null;
        try
        {
            response = await AskAsync(method, address, null, cancellationToken);
            if (response.StatusCode == HttpStatusCode.Unauthorized && await RegistryChallenge.AnswerAsync(_http, response.Headers.WwwAuthenticate, login, IsLocal(registry), cancellationToken) is { } authorization)
            {
                response.Dispose();
                response = await AskAsync(method, address, authorization, cancellationToken);
            }
        }
        catch (Exception fault) when (fault is HttpRequestException or JsonException || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            response?.Dispose();
            return (null, new HubFault("unavailable", $"The registry {registry} does not answer{(fault is OperationCanceledException ? $" within {Patience.TotalSeconds:0} s" : $": {fault.Message.TrimEnd('.')}")}; mend: check host and port, or try again when it is up."));
        }
        if (response.IsSuccessStatusCode) return (response, null);
        using (response) return (null, FaultOf((int)response.StatusCode, registry, repository, path, login));
    }

    private static HubFault FaultOf(int status, string registry, string? repository, string path, RegistryLogin? login)
    {
        var what = repository is null ? "its repositories" : repository;
        return status switch
        {
            401 or 403 => new("forbidden", $"The registry {registry} denies {what} {(login is null ? "without a login" : $"to {login.User}")}; mend: log in there (holdfast image login {registry}) as somebody who may."),
            404 when path.Contains("/manifests/", StringComparison.Ordinal) => new("image-missing", $"The registry {registry} has no {repository}:{path[(path.LastIndexOf('/') + 1)..]}; mend: 'holdfast image ls --remote {registry}/{repository}' lists its tags."),
            404 => new("image-missing", $"The registry {registry} has no {what}; mend: 'holdfast image ls --remote {registry}' lists what it has."),
            429 => new("too-many", $"The registry {registry} has had too many requests; mend: log in there, or try again later."),
            _ => new("unavailable", $"The registry {registry} answers {status} to {what}; mend: try again when it is well."),
        };
    }

    private async Task<HttpResponseMessage> AskAsync(HttpMethod method, Uri address, AuthenticationHeaderValue? authorization, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, address) { Headers = { Authorization = authorization } };
        foreach (var type in address.AbsolutePath.Contains("/manifests/", StringComparison.Ordinal) ? Manifests : ["application/json"]) request.Headers.Accept.ParseAdd(type);
        return await _http.SendAsync(request, cancellationToken);
    }

    private static string PathOf(string registry, string repository) => registry == "docker.io" && !repository.Contains('/', StringComparison.Ordinal) ? $"library/{repository}" : repository;

    /// <summary>Docker's rule: what is on this computer needs no TLS.</summary>
    private static bool IsLocal(string registry) => registry.Split(':')[0] is var host && (host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address)));
}

/// <summary>A page of names.</summary>
internal sealed record RegistryPage(IReadOnlyList<string>? Repositories, IReadOnlyList<string>? Tags);

/// <summary>What a token service answers: either name is used.</summary>
internal sealed record RegistryToken(string? Token, [property: JsonPropertyName("access_token")] string? AccessToken);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(RegistryPage))]
[JsonSerializable(typeof(RegistryToken))]
internal sealed partial class RegistryJson : JsonSerializerContext;
