namespace Holdfast.Hub.People;

/// <summary>How the first administrator gets in.</summary>
internal sealed class FirstAdministrator(Persons persons, OneTimeLinks links)
{
    /// <summary>The path of a page, good once, at which the first administrator sets name and password; null when one has. Each call makes those of before void.</summary>
    public string? Link() => persons.List().Any(person => person.IsAdmin && person.HasPassword) ? null : $"/setup?code={links.NewSetup()}";

    /// <summary>
    /// Who the owner of the data folder is here: the first administrator. Where there is none yet, one of the system's login name is made, whose password
    /// <see cref="Link"/> will set.
    /// </summary>
    public Caller Local()
    {
        var name = persons.FirstAdmin()?.Name;
        if (name is null)
        {
            name = LoginName.OfThisUser();
            // Beaten to it by another request: then it is there.
            persons.Add(name, isAdmin: true, password: null);
        }
        return new Caller(name, IsAdmin: true);
    }
}
