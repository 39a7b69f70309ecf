namespace Holdfast.Hub.Api.Contract;

/// <summary>Another text of a recipe.</summary>
/// <param name="Text">The Containerfile.</param>
public sealed record RecipeRequest(string Text);

/// <summary>A recording.</summary>
/// <param name="Files">Absolute paths inside that the image shall have; null for none.</param>
public sealed record RecordRequest(IReadOnlyList<string>? Files = null);
