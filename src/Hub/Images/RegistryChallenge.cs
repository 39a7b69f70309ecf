using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Holdfast.Engines.Contract;

namespace Holdfast.Hub.Images;

/// <summary>How a registry wants to know who asks: <c>Basic</c>, or <c>Bearer</c> with a token of a service that it names (distribution.github.io/distribution/spec/auth/token).</summary>
internal static partial class RegistryChallenge
{
    /// <summary>What answers the challenge; null when nothing does.</summary>
    /// <param name="http">Asks the token service.</param>
    /// <param name="challenges">What the registry has sent.</param>
    /// <param name="login">What logs in; null for nobody.</param>
    /// <param name="isLocal">Whether the registry is on this computer: only then may the service be without TLS.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="HttpRequestException">The service does not answer.</exception>
    /// <exception cref="JsonException">It is none.</exception>
    public static async Task<AuthenticationHeaderValue?> AnswerAsync(HttpClient http, IEnumerable<AuthenticationHeaderValue> challenges, RegistryLogin? login, bool isLocal, CancellationToken cancellationToken)
    {
        var basic = login is null ? null : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{login.User}:{login.Password}")));
        var challenge = challenges.FirstOrDefault(each => each.Scheme.ToUpperInvariant() is "BASIC" or "BEARER");
        if (challenge is null || challenge.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase)) return challenge is null ? null : basic;
        var fields = Field().Matches(challenge.Parameter ?? "").ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value, StringComparer.OrdinalIgnoreCase);
        if (!Uri.TryCreate(fields.GetValueOrDefault("realm"), UriKind.Absolute, out var realm) || !(realm.Scheme == Uri.UriSchemeHttps || (isLocal && realm.IsLoopback && realm.Scheme == Uri.UriSchemeHttp))) return null;

        var query = string.Join('&', fields.Where(field => field.Key is "service" or "scope").Select(field => $"{field.Key}={Uri.EscapeDataString(field.Value)}"));
        using var request = new HttpRequestMessage(HttpMethod.Get, new UriBuilder(realm) { Query = query }.Uri) { Headers = { Authorization = basic } };
        using var response = await http.SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode) return null;
        var answer = await JsonSerializer.DeserializeAsync(await response.Content.ReadAsStreamAsync(cancellationToken), RegistryJson.Default.RegistryToken, cancellationToken);
        return (answer?.Token ?? answer?.AccessToken) is { Length: > 0 } token ? new AuthenticationHeaderValue("Bearer", token) : null;
    }

    [GeneratedRegex("([A-Za-z]+)=\"([^\"]*)\"", RegexOptions.CultureInvariant)]
    private static partial Regex Field();
}
