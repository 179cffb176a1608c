package workload

import (
	"sync"

	"github.com/proompteng/checksum-annotator/config"
	"github.com/proompteng/checksum-annotator/fn/manifest"
)

// A groupKind names a kind of objects.
type groupKind struct {
	group, kind string
}

// A knownKind is what the tables and the configuration have about a kind; nothing, where
// its objects are no workloads.
type knownKind struct {
	pods  []*pods
	holds []*holdField
}

// tables are what has been read of the tables. Of many kinds, an input has few.
type tables struct {
	mutex sync.RWMutex
	read  map[groupKind]*knownKind
}

// known returns what there is about the kind of an item.
func (f *Finder) known(item *manifest.Item) *knownKind {
	id := groupKind{item.Group(), item.Kind}
	f.tables.mutex.RLock()
	known := f.tables.read[id]
	f.tables.mutex.RUnlock()
	if known != nil {
		return known
	}
	f.tables.mutex.Lock()
	defer f.tables.mutex.Unlock()
	if f.tables.read == nil {
		f.tables.read = map[groupKind]*knownKind{}
	}
	if f.tables.read[id] == nil {
		f.tables.read[id] = read(id, f.declared)
	}
	return f.tables.read[id]
}

// read reads what the tables and the configuration have about a kind.
func read(id groupKind, declared []config.PodTemplate) *knownKind {
	known := &knownKind{}
	for _, table := range builtinTables {
		for i := range table {
			if entry := &table[i]; entry.Kind == id.kind && entry.Group == id.group {
				known.pods = append(known.pods, newPods(entry.rollout, entry.PodTemplate))
			}
		}
	}
	for i := range holdFields {
		if field := &holdFields[i]; field.kind == id.kind && field.group == id.group {
			known.holds = append(known.holds, field)
		}
	}
	for i, entry := range declared {
		if entry.Kind == id.kind && entry.Group == id.group {
			known.declare(declare(i, entry))
		}
	}
	return known
}

// declare adds pods that the configuration declares, in the place of those whose
// annotations are the same. What never rolls out does not by declaring it.
func (k *knownKind) declare(declared *pods) {
	for i, builtin := range k.pods {
		if builtin.known == declared.known && builtin.declared == nil {
			if builtin.rollout != never {
				k.pods[i] = declared
			}
			return
		}
	}
	k.pods = append(k.pods, declared)
}
