namespace Holdfast.Hub.People;

/// <summary>People's secrets, encrypted at rest.</summary>
internal sealed class SecretStore
{
    /// <summary>The value of a person's secret; null when there is none of that name.</summary>
    public string? Read(string person, string name) => throw new NotImplementedException();
}
