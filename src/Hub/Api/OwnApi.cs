using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.People;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.Hub.Api;

/// <summary>What is the caller's own: tokens and secrets. A secret's value goes in and never out.</summary>
internal static class OwnApi
{
    public static void Map(RouteGroupBuilder api)
    {
        var tokens = api.MapGroup("/tokens").WithTags("tokens");
        tokens.MapGet("", (HttpContext context, Tokens store) => Answer.Json([.. store.List(context.Caller().Name)], HubJson.Default.TokenArray))
            .WithSummary("The caller's API tokens, the newest first.").Produces<Token[]>();
        tokens.MapPost("", CreateTokenAsync)
            .WithSummary("Make an API token. It is shown here and never again.").Accepts<TokenRequest>("application/json").Produces<NewToken>(StatusCodes.Status201Created).WithFaults(400, 403, 409);
        tokens.MapDelete("/{id}", (HttpContext context, Tokens store, string id) => PeopleApi.Done(store.Revoke(context.Caller(), id)))
            .WithSummary("Revoke a token, at once.").Produces(StatusCodes.Status204NoContent).WithFaults(404);

        var secrets = api.MapGroup("/secrets").WithTags("secrets");
        secrets.MapGet("", (HttpContext context, SecretStore store) => Answer.Json([.. store.List(context.Caller().Name)], HubJson.Default.SecretArray))
            .WithSummary("The names of the caller's secrets.").Produces<Secret[]>();
        secrets.MapPut("/{name}", SetSecretAsync)
            .WithSummary("Set a secret. Machines that name it get it as a variable at their next start.").Accepts<SecretRequest>("application/json").Produces<Secret>().WithFaults(400, 409);
        secrets.MapDelete("/{name}", (HttpContext context, SecretStore store, string name) => PeopleApi.Done(store.Remove(context.Caller(), name)))
            .WithSummary("Remove a secret.").Produces(StatusCodes.Status204NoContent).WithFaults(404);
    }

    private static async Task<IResult> CreateTokenAsync(HttpContext context, Tokens store)
    {
        var wish = await Body.ReadAsync(context, HubJson.Default.TokenRequest);
        if (!wish.Ok) return Answer.Fault(wish.Fault);
        var made = store.Create(context.Caller(), wish.Value.Name, wish.Value.Scope, wish.Value.Lifetime);
        return made.Ok ? Answer.Json(new NewToken(made.Value.Token.Id, made.Value.Shown, made.Value.Token.Expires), HubJson.Default.NewToken, StatusCodes.Status201Created) : Answer.Fault(made.Fault);
    }

    private static async Task<IResult> SetSecretAsync(HttpContext context, SecretStore store, string name)
    {
        var wish = await Body.ReadAsync(context, HubJson.Default.SecretRequest);
        return wish.Ok ? Answer.Of(store.Set(context.Caller(), name, wish.Value.Value), HubJson.Default.Secret) : Answer.Fault(wish.Fault);
    }
}
