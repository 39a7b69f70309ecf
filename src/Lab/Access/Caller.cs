using Microsoft.AspNetCore.Http;

namespace Holdfast.Lab.Access;

/// <summary>Who makes a request, as far as it was proved.</summary>
/// <param name="Id">A stable id of this login; null when nobody is logged in.</param>
/// <param name="ByToken">Whether the request itself carries the token: then it cannot have been forged by another site.</param>
internal sealed record Caller(string? Id, bool ByToken)
{
    public static readonly Caller Nobody = new(null, false);

    public bool LoggedIn => Id is not null;

    public static Caller Of(HttpContext context) => context.Features.Get<Caller>() ?? Nobody;
}

/// <summary>Marks an endpoint that needs no login.</summary>
internal sealed class OpenToEveryone
{
    public static readonly OpenToEveryone Instance = new();
}
