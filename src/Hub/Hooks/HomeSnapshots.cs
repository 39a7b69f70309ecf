namespace Holdfast.Hub.Hooks;

/// <summary>Snapshots of the folders and files of a home whose names begin with a dot, taken before a new or changed hook runs.</summary>
internal sealed class HomeSnapshots
{
    /// <summary>Takes a snapshot when one of these hooks has not run with this content for this person before; a sentence for the start's notes, or null when none was needed.</summary>
    /// <param name="person">Whose home.</param>
    /// <param name="hooks">Name and content of each hook that is about to run.</param>
    /// <param name="cancellationToken">Gives up; a snapshot that is not whole is removed.</param>
    public Task<string?> BeforeAsync(string person, IReadOnlyList<(string Name, string Text)> hooks, CancellationToken cancellationToken) => throw new NotImplementedException();
}
