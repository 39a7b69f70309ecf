namespace Holdfast.Journal;

/// <summary>Damaged places in the order of their numbers. Bounded: past the limit the last one is widened instead.</summary>
internal sealed class DamageLog
{
    private const int Limit = 1000;

    private readonly List<JournalDamage> _places = [];

    public IReadOnlyList<JournalDamage> Places => _places;

    public void Add(JournalDamage damage)
    {
        if (_places.Count < Limit) _places.Add(damage);
        else _places[^1] = _places[^1] with { ToSequence = damage.ToSequence, Reason = $"More than {Limit} places are damaged; the last are not listed one by one." };
    }
}
