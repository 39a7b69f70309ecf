using Microsoft.AspNetCore.Http;

namespace Holdfast.Hub.People;

/// <summary>For whom what a request shows stands.</summary>
internal sealed class Logins(Sessions sessions, Tokens tokens, LocalToken local)
{
    /// <summary>The login of an API token, or null.</summary>
    public Login? ByToken(string token) => tokens.Find(token) ?? local.Find(token);

    /// <inheritdoc cref="Tokens.Find(byte[])" />
    public Login? ByHash(byte[] hash) => tokens.Find(hash) ?? local.Find(hash);

    /// <summary>The login of a session's cookie, or null.</summary>
    public Login? BySession(string? cookie) => cookie is null ? null : sessions.Find(cookie);

    /// <summary>The login of a request that the gate has let in.</summary>
    public static Login Of(HttpContext context) => context.Features.Get<Login>() ?? throw new InvalidOperationException("The gate has not let anybody in.");
}
