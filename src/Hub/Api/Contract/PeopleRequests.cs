namespace Holdfast.Hub.Api.Contract;

/// <summary>An invitation.</summary>
/// <param name="Name">The login name of who is invited, or who is to choose a new password; null when they choose a name.</param>
/// <param name="Role"><c>member</c> or <c>admin</c>.</param>
public sealed record InviteRequest(string? Name = null, string Role = "member");

/// <summary>A link, good once.</summary>
/// <param name="Link">Its address; null when there is none to be made.</param>
public sealed record InviteView(string? Link);

/// <summary>Another role.</summary>
/// <param name="Role"><c>member</c> or <c>admin</c>.</param>
public sealed record RoleRequest(string Role);

/// <summary>Another budget.</summary>
/// <param name="Amount">For a month; null for what <c>hub.yaml</c> says.</param>
public sealed record BudgetRequest(decimal? Amount);

/// <summary>An API token that is to be.</summary>
/// <param name="Name">What its person calls it.</param>
/// <param name="Scope"><c>all</c> or <c>read</c>.</param>
/// <param name="Lifetime">Ends so long from now; null for never.</param>
public sealed record TokenRequest(string Name, string Scope = "all", TimeSpan? Lifetime = null);

/// <summary>An API token that was made.</summary>
/// <param name="Id">Names it; it opens nothing.</param>
/// <param name="Token">What logs in; it is shown once.</param>
/// <param name="Expires">When it ends; null for never.</param>
public sealed record NewToken(string Id, string Token, DateTimeOffset? Expires);

/// <summary>A secret's value.</summary>
/// <param name="Value">The text.</param>
public sealed record SecretRequest(string Value);
